using System.Globalization;
using System.Runtime.InteropServices;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Conversion.Onnx;

/// <summary>
/// The forward pass of Edge.Inference's Transformer as an ONNX graph, in the same order, with the inputs and outputs that
/// exporters agree on. fp32 is the standard operators of set 23 alone; int8 keeps Q8_0's blocks as they are, a byte and
/// 32 values to a scale, in com.microsoft.MatMulNBits.
/// </summary>
internal sealed unsafe class LlamaGraph
{
    private const int Block = Quantizer.GroupSize;
    private const int Q8BlockBytes = 34;

    /// <summary>Activations become int8 in the products, as in our own engine; without it the runtime widens every weight
    /// at every token (3 tokens a second rather than 70 for 8 layers of width 576).</summary>
    private const long Int8Activations = 4;

    private readonly ModelConfig config;
    private readonly ModelWeights weights;
    private readonly OnnxWeightType type;
    private readonly OnnxGraph graph = new();

    private LlamaGraph(ModelConfig config, ModelWeights weights, OnnxWeightType type)
    {
        (this.config, this.weights, this.type) = (config, weights, type);
    }

    public static OnnxGraph Build(ModelConfig config, ModelWeights weights, OnnxWeightType type)
    {
        var made = new LlamaGraph(config, weights, type);
        made.Inputs();
        made.Tables();
        var x = made.Embed();
        for (var layer = 0; layer < config.Layers; layer++)
            x = made.Layer(layer, weights.Layers[layer], x);
        made.Logits(x);
        return made.graph;
    }

    private void Inputs()
    {
        graph.Input("input_ids", OnnxType.Int64, "batch_size", "sequence_length");
        graph.Input("attention_mask", OnnxType.Int64, "batch_size", "total_sequence_length");
        graph.Input("position_ids", OnnxType.Int64, "batch_size", "sequence_length");
        graph.Output("logits", OnnxType.Float, "batch_size", "sequence_length", Text(config.VocabSize));
        var (heads, head) = (Text(config.KvHeads), Text(config.HeadDim));
        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var part in (string[])["key", "value"])
            {
                var past = $"past_key_values.{layer}.{part}";
                graph.Input(past, OnnxType.Float, "batch_size", heads, "past_sequence_length", head);
                var present = $"present.{layer}.{part}";
                graph.Output(present, OnnxType.Float, "batch_size", heads, "total_sequence_length", head);
            }
        }
    }

    /// <summary>What all layers share: the rotary tables, and who may look at whom, (batch, 1, sequence, total).</summary>
    private void Tables()
    {
        var pairs = config.RopeDim / 2;
        var frequencies = new double[pairs];
        for (var i = 0; i < pairs; i++)
            frequencies[i] =
                Math.Pow(config.RopeTheta, -2.0 * i / config.RopeDim) / (weights.RopeDivisors is { } d ? d[i] : 1f);
        graph.AddWeight("rope.cos", OnnxType.Float, [config.ContextLength, pairs], s => Angles(s, Math.Cos));
        graph.AddWeight("rope.sin", OnnxType.Float, [config.ContextLength, pairs], s => Angles(s, Math.Sin));

        graph.AddIntegers("zero", scalar: true, 0);
        graph.AddIntegers("one", scalar: true, 1);
        graph.AddIntegers("axis.0", scalar: false, 0);
        graph.AddIntegers("axis.1", scalar: false, 1);
        graph.AddIntegers("axis.last", scalar: false, -1);
        graph.AddIntegers("axes.1.2", scalar: false, 1, 2);
        var total = Length("attention_mask", "total");
        var sequence = Length("input_ids", "sequence");
        var past = graph.Node("Sub", "past.length", total, sequence);
        var columns = graph.Node("Range", "mask.columns", "zero", total, "one");
        var rows = graph.Node("Range", "mask.rows", past, total, "one");
        var column = graph.Node("Unsqueeze", "mask.column", columns, "axis.0");
        var row = graph.Node("Unsqueeze", "mask.row", rows, "axis.1");
        var causal = graph.Node("LessOrEqual", "mask.causal", column, row);
        var given = graph.Node("Cast", ["mask.given"], ["attention_mask"], [("to", (long)OnnxType.Bool)]);
        graph.Node("And", "mask", graph.Node("Unsqueeze", "mask.wide", given, "axes.1.2"), causal);

        string Length(string input, string name)
        {
            var shape = graph.Node("Shape", name + ".shape", input);
            return graph.Node("Gather", name + ".length", shape, "one");
        }

        void Angles(Stream stream, Func<double, double> function)
        {
            var row = new float[pairs];
            for (var position = 0; position < config.ContextLength; position++)
            {
                for (var i = 0; i < pairs; i++)
                    row[i] = (float)function(position * frequencies[i]);
                stream.Write(MemoryMarshal.AsBytes<float>(row));
            }
        }
    }

    /// <summary>(batch, sequence, dim)</summary>
    private string Embed()
    {
        var matrix = weights.TokenEmbedding;
        if (!Quantised(matrix))
        {
            graph.AddWeight(
                "token_embd",
                OnnxType.Float,
                [matrix.Rows, matrix.Columns],
                stream => WriteRows(stream, matrix)
            );
            return graph.Node("Gather", "embedded", "token_embd", "input_ids");
        }
        AddBlocks("token_embd", matrix);
        graph.AddFloats("bias", [], [128]);
        graph.AddIntegers("row", scalar: false, 0, 0, config.Dim);
        var bytes = graph.Node("Gather", "embedded.bytes", "token_embd.blocks", "input_ids");
        var wide = graph.Node("Cast", ["embedded.wide"], [bytes], [("to", (long)OnnxType.Float)]);
        var values = graph.Node("Sub", "embedded.values", wide, "bias");
        var scales = graph.Node("Gather", "embedded.scales", "token_embd.scales", "input_ids");
        var scale = graph.Node("Unsqueeze", "embedded.scale", scales, "axis.last");
        return graph.Node("Reshape", "embedded", graph.Node("Mul", "embedded.scaled", values, scale), "row");
    }

    private string Layer(int number, LayerWeights layer, string x)
    {
        var name = $"blk.{number}.";
        var n = Normalize(name + "attn_norm", x, layer.AttentionNorm);
        var q = Rotate(name + "q.rotated", Product(name + "attn_q", n, layer.Query), config.Heads);
        var k = Rotate(name + "k.rotated", Product(name + "attn_k", n, layer.Key), config.KvHeads);
        var v = Product(name + "attn_v", n, layer.Value);
        var attended = graph.Node(
            "Attention",
            [name + "attended", $"present.{number}.key", $"present.{number}.value"],
            [q, k, v, "mask", $"past_key_values.{number}.key", $"past_key_values.{number}.value"],
            [("q_num_heads", (long)config.Heads), ("kv_num_heads", (long)config.KvHeads)]
        );
        x = graph.Node("Add", name + "x.attended", x, Product(name + "attn_output", attended, layer.AttentionOutput));

        n = Normalize(name + "ffn_norm", x, layer.FeedForwardNorm);
        var gate = Product(name + "ffn_gate", n, layer.Gate);
        var silu = graph.Node("Mul", name + "silu", gate, graph.Node("Sigmoid", name + "sigmoid", gate));
        var hidden = graph.Node("Mul", name + "hidden", silu, Product(name + "ffn_up", n, layer.Up));
        return graph.Node("Add", name + "x", x, Product(name + "ffn_down", hidden, layer.Down));
    }

    private void Logits(string x)
    {
        var n = Normalize("output_norm", x, weights.OutputNorm);
        if (!config.TiedOutput)
            Product("output", n, weights.Output, "logits");
        else if (Quantised(weights.Output))
            BlockProduct("token_embd", n, weights.Output, "logits");
        else
            graph.Node("MatMul", "logits", n, graph.Node("Transpose", "output", "token_embd"));
    }

    private string Normalize(string name, string x, float[] weight)
    {
        graph.AddFloats(name + ".weight", [weight.Length], weight);
        return graph.Node(
            "RMSNormalization",
            [name],
            [x, name + ".weight"],
            [("axis", -1L), ("epsilon", config.NormEpsilon)]
        );
    }

    /// <summary>Pairs are neighbours, and the head's elements beyond them stay.</summary>
    private string Rotate(string name, string x, int heads) =>
        graph.Node(
            "RotaryEmbedding",
            [name],
            [x, "rope.cos", "rope.sin", "position_ids"],
            [
                ("interleaved", 1L),
                ("num_heads", (long)heads),
                // 0 is the whole head.
                ("rotary_embedding_dim", config.RopeDim == config.HeadDim ? 0L : config.RopeDim),
            ]
        );

    /// <summary>output = x times the matrix, transposed: (batch, sequence, rows).</summary>
    private string Product(string name, string x, Matrix matrix, string? output = null)
    {
        if (Quantised(matrix))
        {
            AddBlocks(name, matrix);
            return BlockProduct(name, x, matrix, output ?? name);
        }
        graph.AddWeight(
            name + ".weight",
            OnnxType.Float,
            [matrix.Columns, matrix.Rows],
            stream => WriteTransposed(stream, matrix)
        );
        return graph.Node("MatMul", output ?? name, x, name + ".weight");
    }

    private string BlockProduct(string name, string x, Matrix matrix, string output) =>
        graph.Node(
            "MatMulNBits",
            [output],
            [x, name + ".blocks", name + ".scales"],
            [
                ("K", (long)matrix.Columns),
                ("N", (long)matrix.Rows),
                ("bits", 8L),
                ("block_size", (long)Block),
                ("accuracy_level", Int8Activations),
            ],
            OnnxGraph.MicrosoftDomain
        );

    /// <summary>Whether the matrix goes into the file as int8: asked for, and made of whole blocks.</summary>
    private bool Quantised(Matrix matrix) => type == OnnxWeightType.Q8_0 && matrix.Columns % Block == 0;

    /// <summary>(rows, blocks, 32) bytes with 128 for zero, and (rows, blocks) scales.</summary>
    private void AddBlocks(string name, Matrix matrix)
    {
        var blocks = matrix.Columns / Block;
        graph.AddWeight(
            name + ".blocks",
            OnnxType.UInt8,
            [matrix.Rows, blocks, Block],
            stream =>
            {
                var bytes = new byte[matrix.Columns];
                foreach (var row in Rows(matrix))
                {
                    for (var c = 0; c < bytes.Length; c++)
                        bytes[c] = (byte)(row[(c / Block * Q8BlockBytes) + 2 + (c % Block)] ^ 0x80);
                    stream.Write(bytes);
                }
            }
        );
        graph.AddWeight(
            name + ".scales",
            OnnxType.Float,
            [matrix.Rows, blocks],
            stream =>
            {
                var scales = new float[blocks];
                foreach (var row in Rows(matrix))
                {
                    for (var b = 0; b < blocks; b++)
                        scales[b] = (float)BitConverter.ToHalf(row, b * Q8BlockBytes);
                    stream.Write(MemoryMarshal.AsBytes<float>(scales));
                }
            }
        );
    }

    /// <summary>The rows as Q8_0 blocks, each valid until the next: as stored, or quantised as our files are.</summary>
    private static IEnumerable<byte[]> Rows(Matrix matrix)
    {
        var blocks = new byte[Matrix.RowBytesOf(TensorType.Q8_0, matrix.Columns)];
        var values = new float[matrix.Columns];
        for (var r = 0; r < matrix.Rows; r++)
        {
            if (matrix.Type == TensorType.Q8_0)
            {
                CopyRow(matrix, r, blocks);
            }
            else
            {
                ReadRow(matrix, r, values);
                Quantizer.QuantizeQ8(values, blocks);
            }
            yield return blocks;
        }
    }

    private static void WriteRows(Stream stream, Matrix matrix)
    {
        var values = new float[matrix.Columns];
        for (var r = 0; r < matrix.Rows; r++)
        {
            ReadRow(matrix, r, values);
            stream.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    private static void WriteTransposed(Stream stream, Matrix matrix)
    {
        var whole = new float[matrix.Rows * (long)matrix.Columns];
        var values = new float[matrix.Columns];
        for (var r = 0; r < matrix.Rows; r++)
        {
            ReadRow(matrix, r, values);
            for (var c = 0; c < values.Length; c++)
                whole[(c * (long)matrix.Rows) + r] = values[c];
        }
        for (var c = 0; c < matrix.Columns; c++)
            stream.Write(MemoryMarshal.AsBytes(whole.AsSpan(c * matrix.Rows, matrix.Rows)));
    }

    private static void ReadRow(Matrix matrix, int row, float[] values)
    {
        fixed (float* target = values)
            MatrixProduct.ReadRow(matrix, row, target);
    }

    private static void CopyRow(Matrix matrix, int row, byte[] target) =>
        new ReadOnlySpan<byte>(matrix.Data + (row * matrix.RowBytes), target.Length).CopyTo(target);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
