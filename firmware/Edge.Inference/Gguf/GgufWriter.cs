using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Edge.Inference.Gguf;

/// <summary>
/// Writes GGUF version 3. The same calls in the same order give the same bytes. Pairs and tensors are written in the
/// order in which they were added; the alignment is GGUF's default of 32.
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
        var bytes =
            dims.Aggregate(1L, (product, dim) => checked(product * dim)) / stored.BlockElements * stored.BlockBytes;
        if (payload.Length != bytes)
            throw new ArgumentException(
                $"tensor {name} needs {bytes:N0} bytes, got {payload.Length:N0}",
                nameof(payload)
            );
        if (Encoding.UTF8.GetByteCount(name) is 0 or > GgufLimits.TensorNameBytesMax || !names.Add(name))
            throw new ArgumentException($"tensor name \"{name}\" is taken, empty or too long", nameof(name));
        tensors.Add(new Entry(name, stored, [.. dims], payload));
        return this;
    }

    public void WriteTo(Stream stream)
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
            offset += Padded(tensor.Payload.Length);
        }
        stream.Write(head.WrittenSpan);
        Pad(stream, head.WrittenCount);

        foreach (var tensor in tensors)
        {
            stream.Write(tensor.Payload.Span);
            Pad(stream, tensor.Payload.Length);
        }
    }

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

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream, long bytes) => stream.Write(new byte[Padded(bytes) - bytes]);

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

    private static void WriteString(ArrayBufferWriter<byte> to, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
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

    private sealed record Entry(string Name, GgufTensorType Type, int[] Dims, ReadOnlyMemory<byte> Payload);
}
