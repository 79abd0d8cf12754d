namespace Edge.Inference.Tokenizers;

/// <summary>What a token is for; the numbers are GGUF's.</summary>
internal enum TokenType : byte
{
    Normal = 1,
    Unknown = 2,

    /// <summary>Steers the model, never part of a text: begin, end, turns.</summary>
    Control = 3,

    /// <summary>Always taken whole from the text.</summary>
    UserDefined = 4,
    Unused = 5,

    /// <summary>Stands for one byte; written "&lt;0x0A&gt;".</summary>
    Byte = 6,
}

/// <summary>The tokens of a vocabulary by id. One block of bytes: 128,000 small arrays would cost more than the texts.</summary>
internal sealed class Vocabulary
{
    private readonly ByteList texts = new();
    private readonly List<TokenType> types = [];

    public int Count => types.Count;

    public void Add(ReadOnlySpan<byte> text, TokenType type)
    {
        texts.Add(text);
        types.Add(type);
    }

    public void SetType(int id, TokenType type) => types[id] = type;

    /// <summary>UTF-8 as the file writes it.</summary>
    public ReadOnlySpan<byte> Text(int id) => texts[id];

    public TokenType Type(int id) => types[id];
}

/// <summary>A list of byte strings in one array.</summary>
internal sealed class ByteList
{
    private readonly List<int> ends = [];
    private byte[] bytes = new byte[256];

    public int Count => ends.Count;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : ends[index - 1];
            return bytes.AsSpan(start, ends[index] - start);
        }
    }

    public void Add(ReadOnlySpan<byte> item)
    {
        var start = ends.Count == 0 ? 0 : ends[^1];
        if (item.Length > bytes.Length - start)
            Array.Resize(
                ref bytes,
                Math.Max(checked(start + item.Length), (int)Math.Min(2L * bytes.Length, Array.MaxLength))
            );
        item.CopyTo(bytes.AsSpan(start));
        ends.Add(start + item.Length);
    }
}

/// <summary>Finds the number that belongs to a byte string. Open addressing; the hash differs from run to run.</summary>
internal sealed class ByteTable
{
    private readonly ByteList keys = new();
    private readonly List<(int Hash, int Value)> entries = [];
    private int[] slots = new int[1024]; // Index of the entry plus one; 0 is free.

    /// <summary>False, changing nothing, when the key is there already.</summary>
    public bool TryAdd(ReadOnlySpan<byte> key, int value)
    {
        var hash = Hash(key);
        if (Find(key, hash) >= 0)
            return false;
        keys.Add(key);
        entries.Add((hash, value));
        if (2 * entries.Count > slots.Length)
            Grow();
        else
            Insert(hash, entries.Count);
        return true;
    }

    /// <summary>-1 when the key is not there.</summary>
    public int Find(ReadOnlySpan<byte> key) => Find(key, Hash(key));

    private int Find(ReadOnlySpan<byte> key, int hash)
    {
        for (var slot = hash & (slots.Length - 1); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            var index = slots[slot] - 1;
            if (entries[index].Hash == hash && keys[index].SequenceEqual(key))
                return entries[index].Value;
        }
        return -1;
    }

    private void Grow()
    {
        slots = new int[2 * slots.Length];
        for (var i = 0; i < entries.Count; i++)
            Insert(entries[i].Hash, i + 1);
    }

    private void Insert(int hash, int number)
    {
        var slot = hash & (slots.Length - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slots.Length - 1);
        slots[slot] = number;
    }

    private static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = default(HashCode);
        hash.AddBytes(key);
        return hash.ToHashCode();
    }
}
