using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Edge.Inference.Gguf;

/// <summary>The UTF-8 of the text with this index.</summary>
internal delegate ReadOnlySpan<byte> Utf8At(int index);

/// <summary>
/// Writes GGUF version 3. The same calls in the same order give the same bytes. Pairs and tensors are written in the
/// order in which they were added; the alignment is GGUF's default of 32. A tensor may be written by a function when
/// its turn comes, so that a model larger than the memory can pass through.
/// </summary>
public sealed class GgufWriter
{
    private const int Alignment = GgufLimits.AlignmentDefault;

    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> pairs = new();
    private readonly List<Entry> tensors = [];

    public GgufWriter Set(string key, string value) => Add(key, GgufValueType.String, () => WriteString(pairs, value));

    public GgufWriter Set(string key, uint value) => Add(key, GgufValueType.U32, () => WriteU32(pairs, value));

    public GgufWriter Set(string key, int value) => Add(key, GgufValueType.I32, () => WriteU32(pairs, (uint)value));

    public GgufWriter Set(string key, ulong value) => Add(key, GgufValueType.U64, () => WriteU64(pairs, value));

    public GgufWriter Set(string key, float value) =>
        Add(key, GgufValueType.F32, () => WriteU32(pairs, BitConverter.SingleToUInt32Bits(value)));

    public GgufWriter Set(string key, bool value) =>
        Add(key, GgufValueType.Bool, () => pairs.Write([value ? (byte)1 : (byte)0]));

    public GgufWriter Set(string key, IReadOnlyList<string> values) =>
        AddArray(key, GgufValueType.String, values, value => WriteString(pairs, value));

    public GgufWriter Set(string key, IReadOnlyList<int> values) =>
        AddArray(key, GgufValueType.I32, values, value => WriteU32(pairs, (uint)value));

    public GgufWriter Set(string key, IReadOnlyList<float> values) =>
        AddArray(key, GgufValueType.F32, values, value => WriteU32(pairs, BitConverter.SingleToUInt32Bits(value)));

    /// <summary>Adds a tensor.</summary>
    /// <param name="dims">Columns first: [64, 512] is 512 rows of 64.</param>
    /// <param name="payload">Rows one after the other in the layout of <see cref="TensorType"/>; kept, not copied.</param>
    /// <exception cref="ArgumentException">The payload does not have the size of that shape, or the name is taken.</exception>
    public GgufWriter AddTensor(string name, TensorType type, IReadOnlyList<int> dims, ReadOnlyMemory<byte> payload)
    {
        var entry = Check(name, type, dims, stream => stream.Write(payload.Span));
        if (payload.Length != entry.Bytes)
            throw new ArgumentException(
                $"tensor {name} needs {entry.Bytes:N0} bytes, got {payload.Length:N0}",
                nameof(payload)
            );
        return Add(entry);
    }

    /// <summary>Adds a tensor that is written when the file is; nothing of it is held until then.</summary>
    /// <param name="dims">Columns first.</param>
    /// <param name="write">Writes exactly the bytes of that shape, rows one after the other, each time it is called.</param>
    /// <exception cref="ArgumentException">No such shape in this type, or the name is taken.</exception>
    public GgufWriter AddTensor(string name, TensorType type, IReadOnlyList<int> dims, Action<Stream> write) =>
        Add(Check(name, type, dims, write));

    /// <summary>Writes the file from the stream's position on, which must be its start.</summary>
    /// <exception cref="InvalidOperationException">A function did not write the bytes that its tensor has.</exception>
    public void WriteTo(Stream stream)
    {
        var head = Head();
        stream.Write(head.WrittenSpan);
        Pad(stream, head.WrittenCount);
        foreach (var tensor in tensors)
        {
            using var payload = new PayloadStream(stream, tensor.Name, tensor.Bytes);
            tensor.Write(payload);
            payload.CheckWhole();
            Pad(stream, tensor.Bytes);
        }
    }

    /// <summary>Bytes of the whole file.</summary>
    public long FileBytes() => Padded(Head().WrittenCount) + tensors.Sum(tensor => Padded(tensor.Bytes));

    /// <summary>Writes a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it.</summary>
    /// <exception cref="IOException">The disk is full or may not be written.</exception>
    public void Save(string path)
    {
        var temporary = path + ".partial";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private ArrayBufferWriter<byte> Head()
    {
        var head = new ArrayBufferWriter<byte>();
        head.Write("GGUF"u8);
        WriteU32(head, GgufLimits.VersionMax);
        WriteU64(head, (ulong)tensors.Count);
        WriteU64(head, (ulong)keys.Count);
        head.Write(pairs.WrittenSpan);

        var offset = 0L;
        foreach (var tensor in tensors)
        {
            WriteString(head, tensor.Name);
            WriteU32(head, (uint)tensor.Dims.Length);
            foreach (var dim in tensor.Dims)
                WriteU64(head, (ulong)dim);
            WriteU32(head, (uint)tensor.Type.Number);
            WriteU64(head, (ulong)offset);
            offset += Padded(tensor.Bytes);
        }
        return head;
    }

    private static Entry Check(string name, TensorType type, IReadOnlyList<int> dims, Action<Stream> write)
    {
        var stored =
            GgufTensorType.Find((uint)type)
            ?? throw new ArgumentException($"tensor {name}: GGUF does not store {type}", nameof(type));
        if (dims.Count is 0 or > GgufLimits.DimensionsMax || dims.Any(dim => dim <= 0))
            throw new ArgumentException($"tensor {name}: 1 to 4 dimensions above zero are needed", nameof(dims));
        if (dims[0] % stored.BlockElements != 0)
            throw new ArgumentException(
                $"tensor {name}: {stored.Name} needs columns in multiples of {stored.BlockElements}, got {dims[0]}",
                nameof(dims)
            );
        var elements = dims.Aggregate(1L, (product, dim) => checked(product * dim));
        return new Entry(name, stored, [.. dims], elements / stored.BlockElements * stored.BlockBytes, write);
    }

    private GgufWriter Add(Entry tensor)
    {
        if (Encoding.UTF8.GetByteCount(tensor.Name) is 0 or > GgufLimits.TensorNameBytesMax || !names.Add(tensor.Name))
            throw new ArgumentException($"tensor name \"{tensor.Name}\" is taken, empty or too long");
        tensors.Add(tensor);
        return this;
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream, long bytes) => stream.Write(new byte[Padded(bytes) - bytes]);

    /// <summary>Adds a list of texts in UTF-8 as they are, valid or not.</summary>
    internal GgufWriter Set(string key, int count, Utf8At text) =>
        Add(
            key,
            GgufValueType.Array,
            () =>
            {
                WriteU32(pairs, (uint)GgufValueType.String);
                WriteU64(pairs, (ulong)count);
                for (var i = 0; i < count; i++)
                    WriteUtf8(pairs, text(i));
            }
        );

    /// <summary>Adds a pair as another file has it.</summary>
    internal GgufWriter Copy(string key, GgufValue value) => Add(key, value.Type, () => value.WriteTo(pairs));

    private GgufWriter Add(string key, GgufValueType type, Action writeValue)
    {
        if (Encoding.UTF8.GetByteCount(key) is 0 or > GgufLimits.KeyBytesMax || !keys.Add(key))
            throw new ArgumentException($"metadata key \"{key}\" is taken, empty or too long", nameof(key));
        WriteString(pairs, key);
        WriteU32(pairs, (uint)type);
        writeValue();
        return this;
    }

    private GgufWriter AddArray<T>(string key, GgufValueType type, IReadOnlyList<T> values, Action<T> writeElement) =>
        Add(
            key,
            GgufValueType.Array,
            () =>
            {
                WriteU32(pairs, (uint)type);
                WriteU64(pairs, (ulong)values.Count);
                foreach (var value in values)
                    writeElement(value);
            }
        );

    private static void WriteString(ArrayBufferWriter<byte> to, string text) =>
        WriteUtf8(to, Encoding.UTF8.GetBytes(text));

    private static void WriteUtf8(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> utf8)
    {
        WriteU64(to, (ulong)utf8.Length);
        to.Write(utf8);
    }

    private static void WriteU32(ArrayBufferWriter<byte> to, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        to.Write(bytes);
    }

    private static void WriteU64(ArrayBufferWriter<byte> to, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        to.Write(bytes);
    }

    private sealed record Entry(string Name, GgufTensorType Type, int[] Dims, long Bytes, Action<Stream> Write);
}
