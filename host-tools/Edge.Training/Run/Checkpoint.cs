using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Training.Run;

/// <summary>Where a run stands, beside its weights and the state of its optimiser. Enough to go on to the same bits.</summary>
internal sealed record CheckpointState
{
    /// <summary>The recipe's text, so that a run needs nothing but its folder and the data.</summary>
    public required string Recipe { get; init; }

    public required string TokenizerSha256 { get; init; }

    public required long Parameters { get; init; }

    /// <summary>Steps of each stage, fixed when it began: a stage that was asked for in minutes does not change its mind.</summary>
    public required IReadOnlyList<long> StageSteps { get; init; }

    /// <summary>0 for the first; the number of stages when all are done.</summary>
    public required int Stage { get; init; }

    /// <summary>Steps done in this stage.</summary>
    public required long Step { get; init; }

    /// <summary>Tokens seen in all stages.</summary>
    public required long Tokens { get; init; }

    /// <summary>Seconds of training in all sittings.</summary>
    public required double Seconds { get; init; }

    /// <summary>Of the stage's data.</summary>
    public required IReadOnlyList<string> Fingerprint { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CheckpointState))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

/// <summary>
/// Checkpoint files. Layout: "EDGETRN1", length of the state (4 bytes, little-endian), the state as JSON, weights, first
/// and second means as fp32, SHA-256 of all before. A new one is written beside the old one, flushed, read back,
/// compared and only then takes its place; the old one stays as ".previous".
/// </summary>
internal static unsafe class Checkpoint
{
    private const int StateBytesMax = 16 << 20;

    private static ReadOnlySpan<byte> Magic => "EDGETRN1"u8;

    /// <param name="arrays">Weights, first and second means.</param>
    /// <exception cref="IOException">The disk is full or may not be written; what was there is untouched.</exception>
    public static void Save(string path, CheckpointState state, nint[] arrays, long length)
    {
        var temporary = path + ".partial";
        try
        {
            byte[] written;
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var json = JsonSerializer.SerializeToUtf8Bytes(state, CheckpointJson.Default.CheckpointState);
                Span<byte> head = stackalloc byte[12];
                Magic.CopyTo(head);
                BinaryPrimitives.WriteInt32LittleEndian(head[8..], json.Length);
                Put(head);
                Put(json);
                foreach (var array in arrays)
                foreach (var (at, count) in Pieces(length))
                    Put(new ReadOnlySpan<byte>((float*)array + at, count * sizeof(float)));
                written = hash.GetHashAndReset();
                stream.Write(written);
                stream.Flush(flushToDisk: true);

                void Put(ReadOnlySpan<byte> bytes)
                {
                    hash.AppendData(bytes);
                    stream.Write(bytes);
                }
            }
            if (!HashOf(temporary).AsSpan().SequenceEqual(written))
                throw new IOException($"{temporary}: what was written did not read back the same");
            if (File.Exists(path))
                File.Move(path, Previous(path), overwrite: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>The file itself or, where it is missing or damaged, the one before.</summary>
    /// <returns>Null when there is neither.</returns>
    public static string? Find(string path)
    {
        foreach (var candidate in new[] { path, Previous(path) })
        {
            if (File.Exists(candidate) && IsWhole(candidate))
                return candidate;
        }
        return null;
    }

    public static bool Exists(string path) => File.Exists(path) || File.Exists(Previous(path));

    /// <exception cref="TrainingException">Not a checkpoint.</exception>
    public static CheckpointState ReadState(string path)
    {
        using var stream = File.OpenRead(path);
        return ReadState(stream, path);
    }

    /// <exception cref="TrainingException">Not a checkpoint of a model of this size.</exception>
    public static CheckpointState Load(string path, nint[] arrays, long length)
    {
        using var stream = File.OpenRead(path);
        var state = ReadState(stream, path);
        if (state.Parameters != length)
            throw new TrainingException(
                $"{path}: the checkpoint has {state.Parameters:N0} parameters, the recipe's model {length:N0}. Start another run folder."
            );
        foreach (var array in arrays)
        foreach (var (at, count) in Pieces(length))
            stream.ReadExactly(new Span<byte>((float*)array + at, count * sizeof(float)));
        return state;
    }

    private static CheckpointState ReadState(Stream stream, string path)
    {
        Span<byte> head = stackalloc byte[12];
        if (stream.ReadAtLeast(head, 12, throwOnEndOfStream: false) < 12 || !head[..8].SequenceEqual(Magic))
            throw new TrainingException($"{path}: not a checkpoint of edge train");
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        if (length is <= 0 or > StateBytesMax || length > stream.Length)
            throw new TrainingException($"{path}: damaged, its state has {length:N0} bytes");
        var json = new byte[length];
        stream.ReadExactly(json);
        return JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointState)
            ?? throw new TrainingException($"{path}: damaged, it holds no state");
    }

    private static bool IsWhole(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length < 12 + 32)
            return false;
        var stored = new byte[32];
        stream.Seek(-32, SeekOrigin.End);
        stream.ReadExactly(stored);
        return HashOf(path).AsSpan().SequenceEqual(stored);
    }

    /// <summary>Of all but the last 32 bytes.</summary>
    private static byte[] HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        var left = stream.Length - 32;
        while (left > 0)
        {
            var count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0)
                break;
            hash.AppendData(buffer, 0, count);
            left -= count;
        }
        return hash.GetHashAndReset();
    }

    private static string Previous(string path) => path + ".previous";

    private static IEnumerable<(long At, int Count)> Pieces(long length)
    {
        for (long at = 0; at < length; at += 1 << 20)
            yield return (at, (int)Math.Min(1 << 20, length - at));
    }
}
