using System.Numerics;
using System.Runtime.InteropServices;

namespace Edge.Training.Tokenizing;

/// <summary>How often each distinct word was seen. Open addressing over one array of characters; for one thread.</summary>
internal sealed class WordTable
{
    private int[] slots = new int[1 << 14]; // Index of the entry plus one; 0 is free.
    private Entry[] entries = new Entry[1 << 13];
    private char[] chars = new char[1 << 16];

    /// <summary>Distinct words.</summary>
    public int Count { get; private set; }

    /// <summary>Characters of all distinct words together.</summary>
    public int Chars { get; private set; }

    public (int Length, long Times) this[int index] => (entries[index].Length, entries[index].Times);

    public ReadOnlySpan<char> Word(int index) => chars.AsSpan(entries[index].Start, entries[index].Length);

    public void Add(ReadOnlySpan<char> word, long times) => Add(word, Hash(word), times);

    /// <summary>Adds the counts of another table.</summary>
    public void Add(WordTable other)
    {
        for (var i = 0; i < other.Count; i++)
            Add(other.Word(i), other.entries[i].Hash, other.entries[i].Times);
    }

    private void Add(ReadOnlySpan<char> word, uint hash, long times)
    {
        var mask = slots.Length - 1;
        var slot = (int)hash & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            ref var entry = ref entries[slots[slot] - 1];
            if (entry.Hash != hash || entry.Length != word.Length)
                continue;
            if (word.SequenceEqual(chars.AsSpan(entry.Start, entry.Length)))
            {
                entry.Times += times;
                return;
            }
        }
        if (Count == entries.Length)
            Array.Resize(ref entries, 2 * Count);
        if (word.Length > chars.Length - Chars)
            Array.Resize(
                ref chars,
                (int)Math.Min(Math.Max(2L * chars.Length, (long)Chars + word.Length), Array.MaxLength)
            );
        word.CopyTo(chars.AsSpan(Chars));
        entries[Count++] = new Entry(hash, Chars, word.Length, times);
        Chars += word.Length;
        slots[slot] = Count;
        if (2 * Count > slots.Length)
            Grow();
    }

    private void Grow()
    {
        slots = new int[2 * slots.Length];
        var mask = slots.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var slot = (int)entries[i].Hash & mask;
            while (slots[slot] != 0)
                slot = (slot + 1) & mask;
            slots[slot] = i + 1;
        }
    }

    /// <summary>Eight bytes a step: a multiplication and a turn, so that near words fall far apart.</summary>
    private static uint Hash(ReadOnlySpan<char> word)
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        var bytes = MemoryMarshal.AsBytes(word);
        var hash = (ulong)word.Length * Factor;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(bytes)) * Factor, 29);
        if (bytes.Length >= 4)
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<uint>(bytes)) * Factor, 29);
            bytes = bytes[4..];
        }
        if (bytes.Length >= 2)
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ushort>(bytes)) * Factor, 29);
        hash *= Factor;
        return (uint)(hash >> 32);
    }

    private record struct Entry(uint Hash, int Start, int Length, long Times);
}
