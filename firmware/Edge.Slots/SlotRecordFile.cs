using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Edge.Slots.Disk;

namespace Edge.Slots;

/// <summary>
/// The record's two copies, state-0 and state-1, 512 bytes each, little-endian:
/// <list type="number">
/// <item>0: magic "EDGESLOT" (8)</item>
/// <item>8: version (4): 2 where a slot runs on its fallback, which version 1 does not know; 1 otherwise</item>
/// <item>12: active slot, 0 for none (1); state of a (1); state of b (1); trial starts left (1)</item>
/// <item>16: sequence (8)</item>
/// <item>24: problem of a: length (1), UTF-8 (200); 225: problem of b likewise</item>
/// <item>426: slots that run on their fallback, a 1, b 2 (1); zeros follow</item>
/// <item>480: SHA-256 of the bytes before (32)</item>
/// </list>
/// A write goes to the copy that does not count, in place of it, so that a torn write leaves the other.
/// </summary>
internal static class SlotRecordFile
{
    public const int Version = 1;
    public const int FallbackVersion = 2;
    public const int RecordBytes = 512;
    public const int ActiveOffset = 12;
    public const int SequenceOffset = 16;
    public const int ProblemAOffset = 24;
    public const int ProblemBOffset = ProblemAOffset + 1 + SlotLimits.ProblemBytesMax;
    public const int FallbackOffset = ProblemBOffset + 1 + SlotLimits.ProblemBytesMax;
    public const int HashOffset = RecordBytes - SHA256.HashSizeInBytes;

    public static ReadOnlySpan<byte> Magic => "EDGESLOT"u8;

    /// <summary>The newest copy that is whole; a new record when there is none at all.</summary>
    /// <exception cref="SlotException">There are copies and none is whole, or a later version wrote them.</exception>
    public static SlotRecord Read(string folder, ISlotDisk disk)
    {
        SlotRecord? newest = null;
        var problems = new List<string>();
        for (var copy = 0; copy < 2; copy++)
        {
            var path = PathOf(folder, copy);
            if (!disk.Exists(path))
                continue;
            var (record, problem) = Decode(disk.ReadAll(path, RecordBytes));
            if (record is null)
                problems.Add($"{Path.GetFileName(path)}: {problem}");
            else if (newest is null || record.Sequence > newest.Sequence)
                newest = record;
        }
        // The first record of all goes to state-1. When it alone is there and torn, nothing was ever installed.
        if (newest is null && problems.Count == 1 && !disk.Exists(PathOf(folder, 0)))
            return SlotRecord.New;
        return newest is not null || problems.Count == 0
            ? newest ?? SlotRecord.New
            : throw new SlotException(
                $"{folder}: no copy of the slot record is whole ({string.Join("; ", problems)}): flash the model again after removing state-0 and state-1"
            );
    }

    public static void Write(string folder, SlotRecord record, ISlotDisk disk)
    {
        var path = PathOf(folder, (int)(record.Sequence % 2));
        using (var file = disk.Create(path))
        {
            file.Write(Encode(record));
            file.Fsync();
        }
        disk.FsyncFolder(folder);
        if (!disk.ReadAll(path, RecordBytes).AsSpan().SequenceEqual(Encode(record)))
            throw new SlotException($"{path}: the disk does not give back what was written to it");
    }

    internal static byte[] Encode(SlotRecord record)
    {
        var bytes = new byte[RecordBytes];
        Magic.CopyTo(bytes);
        var fallbacks = (record.A.OnFallback ? 1 : 0) | (record.B.OnFallback ? 2 : 0);
        // A program that knows no fallbacks would run the model that was found not to work: it must not read this.
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Magic.Length), fallbacks == 0 ? Version : FallbackVersion);
        bytes[FallbackOffset] = (byte)fallbacks;
        bytes[ActiveOffset] = (byte)(record.Active ?? 0);
        bytes[ActiveOffset + 1] = (byte)record.A.State;
        bytes[ActiveOffset + 2] = (byte)record.B.State;
        bytes[ActiveOffset + 3] = (byte)record.TrialStartsLeft;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(SequenceOffset), record.Sequence);
        WriteProblem(bytes.AsSpan(ProblemAOffset), record.A.Problem);
        WriteProblem(bytes.AsSpan(ProblemBOffset), record.B.Problem);
        SHA256.HashData(bytes.AsSpan(0, HashOffset), bytes.AsSpan(HashOffset));
        return bytes;
    }

    internal static (SlotRecord? Record, string? Problem) Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != RecordBytes)
            return (null, $"{bytes.Length} bytes, a record has {RecordBytes}");
        if (!bytes.StartsWith(Magic))
            return (null, "no slot record");
        if (!SHA256.HashData(bytes[..HashOffset]).AsSpan().SequenceEqual(bytes[HashOffset..]))
            return (null, "torn or damaged");
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[Magic.Length..]);
        if (version is not (Version or FallbackVersion))
            throw new SlotException(
                $"the slot record has version {version}, this program knows versions {Version} and {FallbackVersion}: update edged"
            );
        var fallbacks = version == Version ? 0 : bytes[FallbackOffset];
        var (active, stateA, stateB) = (bytes[ActiveOffset], bytes[ActiveOffset + 1], bytes[ActiveOffset + 2]);
        if (active > (byte)SlotId.B || !IsState(stateA) || !IsState(stateB) || fallbacks > 3)
            return (null, $"active slot {active}, states {stateA} and {stateB}, fallbacks {fallbacks} mean nothing");
        return (
            new SlotRecord(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[SequenceOffset..]),
                active == 0 ? null : (SlotId)active,
                new SlotEntry((SlotState)stateA, ReadProblem(bytes[ProblemAOffset..]), (fallbacks & 1) != 0),
                new SlotEntry((SlotState)stateB, ReadProblem(bytes[ProblemBOffset..]), (fallbacks & 2) != 0),
                bytes[ActiveOffset + 3]
            ),
            null
        );
    }

    private static string PathOf(string folder, int copy) => Path.Combine(folder, $"state-{copy}");

    private static bool IsState(byte state) => state is >= (byte)SlotState.Empty and <= (byte)SlotState.Bad;

    /// <summary>Whole characters only.</summary>
    private static void WriteProblem(Span<byte> target, string? problem)
    {
        Utf8.FromUtf16(problem, target.Slice(1, SlotLimits.ProblemBytesMax), out _, out var written);
        target[0] = (byte)written;
    }

    private static string? ReadProblem(ReadOnlySpan<byte> source)
    {
        var length = Math.Min(source[0], (byte)SlotLimits.ProblemBytesMax);
        return length == 0 ? null : Encoding.UTF8.GetString(source.Slice(1, length));
    }
}
