using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Edge.Training.Data;

/// <summary>
/// The documents of a file as tokens, two bytes each when the vocabulary allows, with what is needed to choose among them.
/// Immutable.
/// </summary>
internal sealed class TokenStore
{
    /// <summary>Of one file: a .NET array holds no more.</summary>
    public const int TokensMax = 0x7FFF_FFC7 / sizeof(int);

    private const int HeaderBytes = 40;
    private const ulong Magic = 0x31_4B_4F_54_45_47_44_45; // "EDGETOK1"

    private readonly ushort[] narrow;
    private readonly int[] wide;
    private readonly Entry[] entries;

    private TokenStore(ushort[] narrow, int[] wide, Entry[] entries) =>
        (this.narrow, this.wide, this.entries) = (narrow, wide, entries);

    /// <param name="End">Tokens of this document and all before it.</param>
    /// <param name="Bytes">UTF-8 bytes of its text.</param>
    /// <param name="Hash">The first 8 bytes of the SHA-256 of its text, little endian.</param>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct Entry(long End, long Bytes, ulong Hash);

    public ReadOnlySpan<Entry> Documents => entries;

    public long Tokens => entries.Length == 0 ? 0 : entries[^1].End;

    public long StartOf(int document) => document == 0 ? 0 : entries[document - 1].End;

    /// <summary>The document that holds a token.</summary>
    public int IndexAt(long token)
    {
        var (low, high) = (0, entries.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (entries[middle].End > token)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    public int LengthOf(int document) => (int)(entries[document].End - StartOf(document));

    /// <summary>Copies tokens from the one at <paramref name="from"/>, counted over all documents.</summary>
    public void Copy(long from, Span<int> to)
    {
        if (wide.Length > 0)
        {
            wide.AsSpan((int)from, to.Length).CopyTo(to);
            return;
        }
        var tokens = narrow.AsSpan((int)from, to.Length);
        for (var i = 0; i < to.Length; i++)
            to[i] = tokens[i];
    }

    /// <summary>Layout: magic 8, token bytes 8 (2 or 4), documents 8, tokens 8, 0 8; entries; tokens; SHA-256 of all before.</summary>
    public void Save(string path)
    {
        var temporary = path + ".part";
        using (var file = File.Create(temporary))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], wide.Length > 0 ? 4 : 2);
            BinaryPrimitives.WriteInt64LittleEndian(header[16..], entries.Length);
            BinaryPrimitives.WriteInt64LittleEndian(header[24..], Tokens);
            Write(header);
            Write(MemoryMarshal.AsBytes<Entry>(entries));
            Write(wide.Length > 0 ? MemoryMarshal.AsBytes<int>(wide) : MemoryMarshal.AsBytes<ushort>(narrow));
            file.Write(hash.GetHashAndReset());

            void Write(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Null when the file is missing or its bytes are not what was written.</summary>
    public static TokenStore? Load(string path)
    {
        if (!File.Exists(path))
            return null;
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.Length < HeaderBytes + 32 || !Read(header))
            return null;
        var width = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        var documents = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        var tokens = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic || width is not (2 or 4))
            return null;
        if (documents is < 0 or > TokensMax || tokens is < 0 or > TokensMax)
            return null;
        if (file.Length != HeaderBytes + (documents * 24) + (tokens * width) + 32)
            return null;
        var entries = new Entry[documents];
        var narrow = new ushort[width == 2 ? tokens : 0];
        var wide = new int[width == 4 ? tokens : 0];
        if (!Read(MemoryMarshal.AsBytes(entries.AsSpan())) || !Read(MemoryMarshal.AsBytes(narrow.AsSpan())))
            return null;
        Span<byte> written = stackalloc byte[32];
        if (!Read(MemoryMarshal.AsBytes(wide.AsSpan())))
            return null;
        var expected = hash.GetHashAndReset();
        return file.ReadAtLeast(written, 32, false) == 32 && written.SequenceEqual(expected)
            ? new TokenStore(narrow, wide, entries)
            : null;

        bool Read(Span<byte> bytes)
        {
            var whole = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
            hash.AppendData(bytes);
            return whole;
        }
    }

    /// <summary>Collects documents in order.</summary>
    public sealed class Builder(int vocabSize)
    {
        private readonly List<Entry> entries = [];
        private ushort[] narrow = [];
        private int[] wide = [];
        private int count;

        /// <returns>False when the file would have more than <see cref="TokensMax"/> tokens.</returns>
        public bool TryAdd(ReadOnlySpan<int> tokens, long bytes, ulong hash)
        {
            if (tokens.Length > TokensMax - count)
                return false;
            if (vocabSize <= ushort.MaxValue + 1)
            {
                Grow(ref narrow, tokens.Length);
                for (var i = 0; i < tokens.Length; i++)
                    narrow[count + i] = (ushort)tokens[i];
            }
            else
            {
                Grow(ref wide, tokens.Length);
                tokens.CopyTo(wide.AsSpan(count));
            }
            count += tokens.Length;
            entries.Add(new Entry(count, bytes, hash));
            return true;
        }

        public TokenStore Build()
        {
            Array.Resize(ref narrow, Math.Min(narrow.Length, count));
            Array.Resize(ref wide, Math.Min(wide.Length, count));
            return new TokenStore(narrow, wide, [.. entries]);
        }

        private void Grow<T>(ref T[] array, int more)
        {
            if (array.Length - count < more)
                Array.Resize(ref array, (int)Math.Min(TokensMax, Math.Max(count + (long)more, 2L * array.Length)));
        }
    }
}
