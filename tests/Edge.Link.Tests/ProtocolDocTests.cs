using Edge.Link.Framing;
using Edge.Link.Messages;
using Edge.TestKit;

namespace Edge.Link.Tests;

/// <summary>PROTOCOL.md says what the code does.</summary>
public sealed class ProtocolDocTests
{
    private readonly string[] lines = File.ReadAllLines(Path.Combine(Repo.Root, "firmware/Edge.Link/PROTOCOL.md"));

    [Fact]
    public void Frame_types_and_message_kinds_have_their_numbers()
    {
        Assert.Equal(
            Enum.GetValues<FrameType>().Select(type => (type.ToString(), $"{(int)type}")),
            Table("Frame types").Select(row => (row[0], row[1]))
        );
        Assert.Equal(
            Enum.GetValues<ChannelMessageKind>().Select(kind => (kind.ToString(), $"{(int)kind}")),
            Table("Channel messages").Select(row => (row[0], row[1]))
        );
    }

    [Fact]
    public void The_layout_of_a_frame_is_that_of_the_codec()
    {
        var wire = FramingTests.Wire(FrameType.Data, 0x11223344, [0xAA, 0xBB]);
        var raw = new byte[64];
        Assert.Equal(11, Cobs.Decode(wire.AsSpan(0, wire.Length - 1), raw));
        var rows = Table("Frame").ToDictionary(row => row[0], row => row[1]);
        Assert.Equal((byte)FrameType.Data, raw[int.Parse(rows["type"], null)]);
        Assert.Equal(0x11223344u, BitConverter.ToUInt32(raw, int.Parse(rows["session"], null)));
        Assert.Equal(0xAA, raw[int.Parse(rows["payload"], null)]);
        Assert.Equal("5 + n", rows["checksum"]);
    }

    [Fact]
    public void Limits_are_the_constants()
    {
        Dictionary<string, int> expected = new()
        {
            ["protocol version"] = LinkLimits.Version,
            ["frame payload"] = LinkLimits.FramePayloadBytesMax,
            ["hello"] = LinkLimits.HelloBytesMax,
            ["name"] = LinkLimits.NameCharsMax,
            ["id, least"] = LinkLimits.IdCharsMin,
            ["id, most"] = LinkLimits.IdCharsMax,
            ["offset from UTC, either way"] = LinkLimits.OffsetMinutesMax,
            ["hello repeated every"] = LinkLimits.HelloRepeatMs,
            ["ping every"] = LinkLimits.PingEveryMs,
            ["silence"] = LinkLimits.SilenceMaxMs,
            ["wait for a busy device"] = LinkLimits.BusyGraceMs,
            ["reason of a bye"] = LinkLimits.ByeBytesMax,
            ["channels at once"] = LinkLimits.ChannelsMax,
            ["operation name"] = LinkLimits.OperationCharsMax,
            ["message"] = LinkLimits.MessageBytesMax,
            ["chunk"] = LinkLimits.ChunkBytesMax,
            ["refusal"] = LinkLimits.RefusalBytesMax,
            ["channel window"] = LinkLimits.ChannelWindowBytes,
            ["entries of a list batch"] = SyncListBatch.EntriesMax,
        };
        Assert.Equal(
            expected.Select(limit => (limit.Key, $"{limit.Value}")),
            Table("Limits").Select(row => (row[0], row[1]))
        );
    }

    [Fact]
    public void Every_operation_has_its_row() =>
        Assert.Equal(Operations.All, Table("Operations").Select(row => row[0].Trim('`')));

    /// <summary>The cells of the one table under a heading, without its head.</summary>
    private IEnumerable<string[]> Table(string heading) =>
        lines
            .SkipWhile(line => line.TrimStart('#', ' ') != heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries));
}
