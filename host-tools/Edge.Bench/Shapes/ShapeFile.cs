using System.Buffers;
using System.Globalization;
using System.Text;
using Edge.Inference;
using Edge.Inference.Gguf;

namespace Edge.Bench.Shapes;

/// <summary>
/// Writes a GGUF of a given shape with random weights, a piece at a time: a model of any size takes a few megabytes of
/// memory to make. The same shape, type and seed give the same bytes.
/// </summary>
public static class ShapeFile
{
    /// <summary>Bytes of rows that are made and written at once, at least one row.</summary>
    private const int PieceBytes = 1 << 20;

    private const int Alignment = 32;

    /// <summary>The types that can be written, by the name that --type takes.</summary>
    public static IReadOnlyDictionary<string, TensorType> Types { get; } =
        new Dictionary<string, TensorType>(StringComparer.Ordinal)
        {
            ["q8_0"] = TensorType.Q8_0,
            ["q4_0"] = TensorType.Q4_0,
            ["f16"] = TensorType.F16,
            ["f32"] = TensorType.F32,
        };

    /// <summary>Writes the file; what is there already is replaced, and what was written of a file that failed removed.</summary>
    /// <param name="type">Of the matrices; norm weights are F32.</param>
    /// <exception cref="IOException">The disk is full or may not be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static void Write(
        string path,
        ModelShape shape,
        TensorType type,
        ulong seed,
        CancellationToken cancellation = default
    )
    {
        var partial = path + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write))
                WriteTo(stream, shape, type, seed, cancellation);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static void WriteTo(
        Stream stream,
        ModelShape shape,
        TensorType type,
        ulong seed,
        CancellationToken cancellation
    )
    {
        var tensors = ShapeTensors.Of(shape.Config).ToList();
        var head = Head(shape, type, tensors);
        stream.Write(head.WrittenSpan);
        Pad(stream, head.WrittenCount);

        var random = new RandomRows(seed);
        foreach (var tensor in tensors)
        {
            var stored = TypeOf(tensor, type);
            var rowBytes = (int)Matrix.RowBytesOf(stored, tensor.Columns);
            var pieceRows = Math.Clamp(PieceBytes / rowBytes, 1, tensor.Rows);
            var piece = new byte[pieceRows * rowBytes];
            for (var row = 0; row < tensor.Rows; row += pieceRows)
            {
                cancellation.ThrowIfCancellationRequested();
                var rows = piece.AsSpan(0, Math.Min(pieceRows, tensor.Rows - row) * rowBytes);
                if (tensor.IsVector)
                    Ones(rows);
                else
                    random.Fill(stored, tensor.Columns, rows);
                stream.Write(rows);
            }
            Pad(stream, (long)tensor.Rows * rowBytes);
        }
    }

    private static ArrayBufferWriter<byte> Head(ModelShape shape, TensorType type, List<ShapeTensor> tensors)
    {
        var config = shape.Config;
        var pairs = new Pairs();
        pairs.Add("general.architecture", "llama");
        pairs.Add("general.name", string.Create(CultureInfo.InvariantCulture, $"random {shape.Name} {type}"));
        pairs.Add("llama.vocab_size", config.VocabSize);
        pairs.Add("llama.context_length", config.ContextLength);
        pairs.Add("llama.embedding_length", config.Dim);
        pairs.Add("llama.block_count", config.Layers);
        pairs.Add("llama.feed_forward_length", config.HiddenDim);
        pairs.Add("llama.rope.dimension_count", config.RopeDim);
        pairs.Add("llama.attention.head_count", config.Heads);
        pairs.Add("llama.attention.head_count_kv", config.KvHeads);
        pairs.Add("llama.attention.layer_norm_rms_epsilon", config.NormEpsilon);
        pairs.Add("llama.rope.freq_base", config.RopeTheta);
        pairs.Add("tokenizer.ggml.model", "gpt2");
        pairs.Add("tokenizer.ggml.pre", "default");
        pairs.Add("tokenizer.ggml.tokens", SyntheticVocabulary.Tokens(config.VocabSize));
        pairs.Add("tokenizer.ggml.merges", SyntheticVocabulary.Merges);

        var head = new ArrayBufferWriter<byte>();
        head.Write("GGUF"u8);
        Write(head, GgufLimits.VersionMax);
        Write(head, (ulong)tensors.Count);
        Write(head, (ulong)pairs.Count);
        head.Write(pairs.Bytes.WrittenSpan);
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            Write(head, tensor.Name);
            Write(head, tensor.IsVector ? 1u : 2u);
            Write(head, (ulong)tensor.Columns);
            if (!tensor.IsVector)
                Write(head, (ulong)tensor.Rows);
            var stored = TypeOf(tensor, type);
            Write(head, (uint)stored);
            Write(head, (ulong)offset);
            offset += Padded(tensor.Rows * Matrix.RowBytesOf(stored, tensor.Columns));
        }
        return head;
    }

    private static TensorType TypeOf(ShapeTensor tensor, TensorType type) => tensor.IsVector ? TensorType.F32 : type;

    private static void Ones(Span<byte> rows)
    {
        for (var at = 0; at < rows.Length; at += sizeof(float))
            BitConverter.TryWriteBytes(rows[at..], 1f);
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream, long bytes) => stream.Write(new byte[Padded(bytes) - bytes]);

    private static void Write(ArrayBufferWriter<byte> to, string text)
    {
        Write(to, (ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, to);
    }

    private static void Write(ArrayBufferWriter<byte> to, uint value)
    {
        BitConverter.TryWriteBytes(to.GetSpan(sizeof(uint)), value);
        to.Advance(sizeof(uint));
    }

    private static void Write(ArrayBufferWriter<byte> to, ulong value)
    {
        BitConverter.TryWriteBytes(to.GetSpan(sizeof(ulong)), value);
        to.Advance(sizeof(ulong));
    }

    /// <summary>The metadata as bytes. Every machine that Edge runs on is little-endian, as GGUF is.</summary>
    private sealed class Pairs
    {
        public ArrayBufferWriter<byte> Bytes { get; } = new();

        public int Count { get; private set; }

        public void Add(string key, string value)
        {
            Key(key, GgufValueType.String);
            Write(Bytes, value);
        }

        public void Add(string key, int value)
        {
            Key(key, GgufValueType.U32);
            Write(Bytes, (uint)value);
        }

        public void Add(string key, float value)
        {
            Key(key, GgufValueType.F32);
            Write(Bytes, BitConverter.SingleToUInt32Bits(value));
        }

        public void Add(string key, string[] values)
        {
            Key(key, GgufValueType.Array);
            Write(Bytes, (uint)GgufValueType.String);
            Write(Bytes, (ulong)values.Length);
            foreach (var value in values)
                Write(Bytes, value);
        }

        private void Key(string key, GgufValueType type)
        {
            Write(Bytes, key);
            Write(Bytes, (uint)type);
            Count++;
        }
    }
}
