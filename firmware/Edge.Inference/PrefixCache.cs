using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Edge.Inference;

/// <summary>
/// Remembers what the model computed for the beginnings of prompts: the same instructions and the same note come again and
/// again. What is kept in memory is the newest few; what is kept in a folder survives a restart. A restored beginning is
/// what a cold run computes, to the bit: tokens are compared one by one, files also by the model's hash and their own.
/// </summary>
internal sealed class PrefixCache
{
    /// <summary>Shorter beginnings are not worth keeping.</summary>
    public const int TokensMin = 2 * Kernels.Attention.BlockPositions;

    private const int FilesMax = 32;

    private const int HeaderBytes = 8 + 32 + 32 + 4;

    private static ReadOnlySpan<byte> Magic => "EDGEKV1\n"u8;

    private readonly List<Entry> _entries = [];
    private readonly long _bytesMax;
    private readonly string? _folder;
    private readonly Lazy<byte[]> _model;

    /// <param name="bytesMax">Bytes of memory that may be used.</param>
    /// <param name="folder">Where beginnings are also kept as files; null keeps none.</param>
    /// <param name="model">SHA-256 of the model and of how its cache is laid out; asked for when there is a folder.</param>
    public PrefixCache(long bytesMax, string? folder, Func<byte[]> model)
    {
        _bytesMax = bytesMax;
        _model = new Lazy<byte[]>(model);
        try
        {
            if (folder is not null)
                ReadFolder(folder);
            _folder = folder;
        }
        // A folder that cannot be used costs time, not answers.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Fills the state with the longest known beginning of the prompt, if that is more than it holds.</summary>
    /// <param name="held">Leading tokens of the prompt whose positions the state holds already.</param>
    /// <returns>Positions that hold the prompt's beginning now; never all of the prompt.</returns>
    public int Restore(InferenceState state, ReadOnlySpan<int> prompt, int held)
    {
        Entry? best = null;
        var before = held;
        foreach (var entry in _entries)
        {
            var common = Math.Min(prompt[..^1].CommonPrefixLength(entry.Tokens), entry.Tokens.Length);
            if (common > held)
                (best, held) = (entry, common);
        }
        if (best is null)
            return held;
        var bytes = best.Bytes ?? Read(best.File!, best.Tokens, state);
        if (bytes is null)
        {
            // A file that is not what it says is no loss: it is made again.
            _entries.Remove(best);
            File.Delete(best.File!);
            return Restore(state, prompt, before);
        }
        state.CopyIn(bytes, best.Tokens.Length);
        _entries.Remove(best);
        _entries.Add(best with { Bytes = bytes });
        Shrink();
        return held;
    }

    /// <summary>Keeps the leading positions of the state, in whole blocks, unless they are known.</summary>
    /// <param name="tokens">What the state holds from its first position on.</param>
    public void Keep(InferenceState state, ReadOnlySpan<int> tokens, bool onDisk)
    {
        tokens = tokens[..(tokens.Length / Kernels.Attention.BlockPositions * Kernels.Attention.BlockPositions)];
        if (tokens.Length < TokensMin)
            return;
        onDisk &= _folder is not null;
        foreach (var entry in _entries)
        {
            if (tokens.CommonPrefixLength(entry.Tokens) == tokens.Length && (!onDisk || entry.File is not null))
                return;
        }
        if (state.BytesOf(tokens.Length) > _bytesMax)
            return;
        var bytes = state.CopyOut(tokens.Length);
        var file = onDisk ? Write(tokens, bytes) : null;
        _entries.Add(new Entry(tokens.ToArray(), bytes, file));
        Shrink();
    }

    /// <summary>Forgets the oldest until the limits hold: first bytes, then files.</summary>
    private void Shrink()
    {
        var bytes = _entries.Sum(entry => (long)(entry.Bytes?.Length ?? 0));
        for (var i = 0; i < _entries.Count && bytes > _bytesMax; i++)
        {
            bytes -= _entries[i].Bytes?.Length ?? 0;
            _entries[i] = _entries[i] with { Bytes = null };
        }
        _entries.RemoveAll(entry => entry.Bytes is null && entry.File is null);
        while (_entries.Count(entry => entry.File is not null) > FilesMax)
        {
            var oldest = _entries.First(entry => entry.File is not null);
            File.Delete(oldest.File!);
            _entries.Remove(oldest);
        }
    }

    private void ReadFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(folder, "*.kv").Order(StringComparer.Ordinal))
        {
            var tokens = ReadTokens(file);
            if (tokens is { Length: 0 })
                File.Delete(file);
            else if (tokens is not null)
                _entries.Add(new Entry(tokens, null, file));
        }
    }

    // A file: magic; SHA-256 of the model; SHA-256 of all that follows; count (int32); tokens (count int32, all little
    // endian); the positions as InferenceState.CopyOut gives them.

    private string? Write(ReadOnlySpan<int> tokens, byte[] bytes)
    {
        var content = new byte[HeaderBytes + (tokens.Length * sizeof(int))];
        Magic.CopyTo(content);
        _model.Value.CopyTo(content.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(72), tokens.Length);
        MemoryMarshal.AsBytes(tokens).CopyTo(content.AsSpan(HeaderBytes));
        Hash(content.AsSpan(72), bytes).CopyTo(content.AsSpan(40));
        var name = Path.Combine(_folder!, Convert.ToHexStringLower(content.AsSpan(40, 16)) + ".kv");
        var draft = name + ".new";
        try
        {
            using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
            {
                stream.Write(content);
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, name, overwrite: true);
            return name;
        }
        // No room or no permission: the beginning stays in memory.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(draft);
            return null;
        }
    }

    /// <summary>The tokens of a file; none when another model wrote it, null when it is no such file.</summary>
    private int[]? ReadTokens(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            Span<byte> header = stackalloc byte[HeaderBytes];
            stream.ReadExactly(header);
            var count = BinaryPrimitives.ReadInt32LittleEndian(header[72..]);
            if (!header[..8].SequenceEqual(Magic))
                return null;
            if (!header[8..40].SequenceEqual(_model.Value))
                return [];
            if (count < TokensMin || count > (stream.Length - HeaderBytes) / sizeof(int))
                return null;
            var tokens = new int[count];
            stream.ReadExactly(MemoryMarshal.AsBytes(tokens.AsSpan()));
            return tokens;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The positions in a file, or null when it is not what was written.</summary>
    private static byte[]? Read(string file, int[] tokens, InferenceState state)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var start = new byte[HeaderBytes + (tokens.Length * sizeof(int))];
            var bytes = new byte[state.BytesOf(tokens.Length)];
            if (stream.Length != start.Length + bytes.Length)
                return null;
            stream.ReadExactly(start);
            stream.ReadExactly(bytes);
            var same = MemoryMarshal.AsBytes(tokens.AsSpan()).SequenceEqual(start.AsSpan(HeaderBytes));
            return same && start.AsSpan(40, 32).SequenceEqual(Hash(start.AsSpan(72), bytes)) ? bytes : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] Hash(ReadOnlySpan<byte> start, ReadOnlySpan<byte> bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }

    /// <param name="Tokens">A whole number of blocks.</param>
    /// <param name="Bytes">Null when only the file has them.</param>
    private sealed record Entry(int[] Tokens, byte[]? Bytes, string? File);
}
