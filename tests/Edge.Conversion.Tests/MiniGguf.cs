using System.Text;

namespace Edge.Conversion.Tests;

/// <summary>A GGUF reader of a page, for good files only: an opinion of its own on what the converter wrote.</summary>
internal sealed class MiniGguf
{
    private readonly byte[] bytes;

    private MiniGguf(byte[] bytes) => this.bytes = bytes;

    public Dictionary<string, object> Metadata { get; } = [];

    public Dictionary<string, (long[] Dims, uint Type, long Offset)> Tensors { get; } = [];

    public static MiniGguf Read(string path)
    {
        var gguf = new MiniGguf(File.ReadAllBytes(path));
        using var reader = new BinaryReader(new MemoryStream(gguf.bytes));
        Assert.Equal(0x46554747u, reader.ReadUInt32());
        Assert.Equal(3u, reader.ReadUInt32());
        var tensors = reader.ReadInt64();
        var pairs = reader.ReadInt64();
        for (var i = 0L; i < pairs; i++)
        {
            var key = Text(reader);
            gguf.Metadata.Add(key, Value(reader, reader.ReadUInt32()));
        }
        for (var i = 0L; i < tensors; i++)
        {
            var name = Text(reader);
            var dims = new long[reader.ReadUInt32()];
            for (var d = 0; d < dims.Length; d++)
                dims[d] = reader.ReadInt64();
            gguf.Tensors.Add(name, (dims, reader.ReadUInt32(), reader.ReadInt64()));
        }
        var data = (reader.BaseStream.Position + 31) / 32 * 32;
        foreach (var (name, (dims, type, offset)) in gguf.Tensors.ToList())
            gguf.Tensors[name] = (dims, type, data + offset);
        return gguf;
    }

    public string[] Texts(string key) => [.. ((object[])Metadata[key]).Cast<string>()];

    public T[] Numbers<T>(string key) => [.. ((object[])Metadata[key]).Cast<T>()];

    /// <summary>An F32 tensor.</summary>
    public float[] Floats(string name)
    {
        var (dims, type, offset) = Tensors[name];
        Assert.Equal(0u, type);
        var count = dims.Aggregate(1L, (product, dim) => product * dim);
        return [.. Enumerable.Range(0, (int)count).Select(i => BitConverter.ToSingle(bytes, (int)offset + (4 * i)))];
    }

    /// <summary>The bytes of a tensor.</summary>
    public byte[] Payload(string name, int count)
    {
        var offset = (int)Tensors[name].Offset;
        return bytes[offset..(offset + count)];
    }

    private static string Text(BinaryReader reader) =>
        Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadInt64()));

    private static object Value(BinaryReader reader, uint type) =>
        type switch
        {
            0 => reader.ReadByte(),
            1 => reader.ReadSByte(),
            2 => reader.ReadUInt16(),
            3 => reader.ReadInt16(),
            4 => reader.ReadUInt32(),
            5 => reader.ReadInt32(),
            6 => reader.ReadSingle(),
            7 => reader.ReadBoolean(),
            8 => Text(reader),
            9 => Array(reader),
            10 => reader.ReadUInt64(),
            11 => reader.ReadInt64(),
            _ => reader.ReadDouble(),
        };

    private static object[] Array(BinaryReader reader)
    {
        var type = reader.ReadUInt32();
        var items = new object[reader.ReadInt64()];
        for (var i = 0; i < items.Length; i++)
            items[i] = Value(reader, type);
        return items;
    }
}
