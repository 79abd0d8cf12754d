using Edge.Link.Framing;

namespace Edge.Link.Tests;

public sealed class FramingTests
{
    [Fact]
    public void The_example_of_the_comment_holds()
    {
        var target = new byte[8];
        var length = Cobs.Encode([0x11, 0x00, 0x22], target);
        Assert.Equal([0x02, 0x11, 0x02, 0x22], target[..length]);
    }

    [Fact]
    public void Every_length_and_pattern_of_bytes_survives_stuffing()
    {
        var random = new Random(7);
        for (var length = 0; length <= 1100; length++)
        {
            foreach (
                var pattern in (Func<int, byte>[])
                    [_ => 0, _ => 1, i => (byte)i, _ => (byte)random.Next(256), i => (byte)(i % 254 == 253 ? 0 : 9)]
            )
            {
                var source = Enumerable.Range(0, length).Select(pattern).ToArray();
                var encoded = new byte[Cobs.EncodedBytesMax(length)];
                var encodedBytes = Cobs.Encode(source, encoded);
                Assert.DoesNotContain((byte)0, encoded[..encodedBytes]);
                var decoded = new byte[encoded.Length];
                Assert.Equal(length, Cobs.Decode(encoded.AsSpan(0, encodedBytes), decoded));
                Assert.Equal(source, decoded[..length]);
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x05, 0x01 })]
    [InlineData(new byte[] { 0xFF, 0x01, 0x02 })]
    [InlineData(new byte[] { 0x02, 0x11, 0x09 })]
    public void A_run_that_goes_beyond_its_block_is_malformed(byte[] block) =>
        Assert.Equal(-1, Cobs.Decode(block, new byte[300]));

    [Fact]
    public async Task Frames_are_found_however_reads_split_and_merge_them()
    {
        byte[][] payloads =
        [
            [],
            [0],
            [1, 2, 3],
            new byte[300],
            [.. Enumerable.Range(0, 1000).Select(i => (byte)i)],
        ];
        var wire = payloads.SelectMany(payload => Wire(FrameType.Data, 77, payload)).ToArray();
        for (var readBytes = 1; readBytes <= wire.Length; readBytes += readBytes < 20 ? 1 : 97)
        {
            var reader = new FrameReader(new ChoppedStream(wire, readBytes));
            foreach (var payload in payloads)
            {
                var read = await reader.ReadAsync(CancellationToken.None);
                Assert.Equal(FrameOutcome.Frame, read.Outcome);
                Assert.Equal(FrameType.Data, read.Frame.Type);
                Assert.Equal(77u, read.Frame.Session);
                Assert.Equal(payload, read.Frame.Payload.ToArray());
            }
            Assert.Equal(FrameOutcome.EndOfStream, (await reader.ReadAsync(CancellationToken.None)).Outcome);
        }
    }

    [Fact]
    public async Task No_single_changed_bit_passes_for_a_frame()
    {
        var wire = Wire(FrameType.Data, 1, [5, 0, 6, 7]);
        for (var bit = 0; bit < (wire.Length - 1) * 8; bit++)
        {
            var disturbed = (byte[])wire.Clone();
            disturbed[bit / 8] ^= (byte)(1 << (bit % 8));
            var reader = new FrameReader(new ChoppedStream(disturbed, 64));
            for (var read = await reader.ReadAsync(CancellationToken.None); read.Outcome != FrameOutcome.EndOfStream; )
            {
                Assert.Equal(FrameOutcome.Corrupt, read.Outcome);
                read = await reader.ReadAsync(CancellationToken.None);
            }
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(16_500)]
    [InlineData(1_000_000)]
    public async Task Garbage_of_any_length_costs_one_problem_and_the_next_frame_is_read(int garbageBytes)
    {
        var garbage = Enumerable.Repeat((byte)0x55, garbageBytes);
        byte[] wire = [.. garbage, 0, .. Wire(FrameType.Ping, 9, [])];
        var reader = new FrameReader(new ChoppedStream(wire, 5000));
        Assert.Equal(FrameOutcome.Corrupt, (await reader.ReadAsync(CancellationToken.None)).Outcome);
        var read = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(FrameOutcome.Frame, read.Outcome);
        Assert.Equal(FrameType.Ping, read.Frame.Type);
    }

    [Fact]
    public void Numbers_on_the_wire_are_frozen()
    {
        Assert.Equal([1, 2, 3, 4, 5], Enum.GetValues<FrameType>().Select(type => (int)type));
        Assert.Equal([1, 2, 3], Enum.GetValues<ChannelMessageKind>().Select(kind => (int)kind));
        Assert.Equal("03-04-2A-01-01-05-87-1E-2D-FC-00", BitConverter.ToString(Wire(FrameType.Ping, 42, [])));
    }

    [Fact]
    public void A_payload_beyond_the_limit_is_the_callers_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Wire(FrameType.Data, 1, new byte[LinkLimits.FramePayloadBytesMax + 1])
        );

    internal static byte[] Wire(FrameType type, uint session, byte[] payload)
    {
        var target = new byte[FrameCodec.EncodedBytesMax + 2];
        var length = FrameCodec.Encode(type, session, payload, new byte[FrameCodec.RawBytesMax], target);
        return target[..length];
    }

    private sealed class ChoppedStream(byte[] bytes, int readBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, readBytes)], cancellationToken);
    }
}
