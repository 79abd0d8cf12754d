using System.Globalization;
using Edge.Conversion.Weights;
using Edge.Inference;

namespace Edge.Conversion.HuggingFace;

/// <summary>Finds the weights of a Llama model by their Hugging Face names; each must have its one right shape.</summary>
internal sealed unsafe class HuggingFaceWeights
{
    private const string Head = "lm_head.weight";

    private readonly Dictionary<string, Safetensor> tensors;
    private readonly ModelConfig config;
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    private HuggingFaceWeights(Dictionary<string, Safetensor> tensors, ModelConfig config)
    {
        this.tensors = tensors;
        this.config = config;
    }

    /// <summary>Queries and keys have their rows as the files have them: halves of rotary pairs apart.</summary>
    public static ModelWeights Read(SafetensorsFolder folder, ModelConfig config)
    {
        var reader = new HuggingFaceWeights(folder.Tensors, config);
        var embedding = reader.ReadMatrix("model.embed_tokens.weight", config.VocabSize, config.Dim);
        var weights = new ModelWeights
        {
            TokenEmbedding = embedding,
            Layers = [.. Enumerable.Range(0, config.Layers).Select(reader.ReadLayer)],
            OutputNorm = reader.ReadVector("model.norm.weight"),
            Output = config.TiedOutput ? embedding : reader.ReadMatrix(Head, config.VocabSize, config.Dim),
        };
        if (config.TiedOutput && folder.Tensors.ContainsKey(Head))
            reader.CheckTied(embedding);
        reader.RefuseTheRest();
        return weights;
    }

    private LayerWeights ReadLayer(int layer)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
        return new LayerWeights
        {
            AttentionNorm = ReadVector(prefix + "input_layernorm.weight"),
            Query = ReadMatrix(prefix + "self_attn.q_proj.weight", config.QueryDim, config.Dim),
            Key = ReadMatrix(prefix + "self_attn.k_proj.weight", config.KvDim, config.Dim),
            Value = ReadMatrix(prefix + "self_attn.v_proj.weight", config.KvDim, config.Dim),
            AttentionOutput = ReadMatrix(prefix + "self_attn.o_proj.weight", config.Dim, config.QueryDim),
            FeedForwardNorm = ReadVector(prefix + "post_attention_layernorm.weight"),
            Gate = ReadMatrix(prefix + "mlp.gate_proj.weight", config.HiddenDim, config.Dim),
            Up = ReadMatrix(prefix + "mlp.up_proj.weight", config.HiddenDim, config.Dim),
            Down = ReadMatrix(prefix + "mlp.down_proj.weight", config.Dim, config.HiddenDim),
        };
    }

    private Matrix ReadMatrix(string name, int rows, int columns)
    {
        var (tensor, type) = Require(name, rows, columns);
        return new Matrix(type, rows, columns, tensor.File.File.At(tensor.Offset, tensor.Bytes));
    }

    private float[] ReadVector(string name)
    {
        var (tensor, type) = Require(name, config.Dim);
        var matrix = new Matrix(type, 1, config.Dim, tensor.File.File.At(tensor.Offset, tensor.Bytes));
        var vector = new float[config.Dim];
        new SourceTensor(name, matrix).ReadRow(0, vector);
        return vector;
    }

    private (Safetensor Tensor, TensorType Type) Require(string name, params ReadOnlySpan<long> shape)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new ModelFormatException(
                $"tensor {name} is in none of the safetensors files: they are no whole Llama model of {config.Layers:N0} layers."
            );
        if (!shape.SequenceEqual(tensor.Shape))
            throw tensor.File.File.Bad(
                $"tensor {name} must have the shape [{Text(shape)}], found [{Text(tensor.Shape)}]."
            );
        used.Add(name);
        return (
            tensor,
            tensor.Type switch
            {
                "F32" => TensorType.F32,
                "F16" => TensorType.F16,
                "BF16" => TensorType.BF16,
                _ => throw tensor.File.File.Bad($"tensor {name} is {tensor.Type}; Edge converts F32, F16 and BF16."),
            }
        );
    }

    /// <summary>Some tools store the tied output once more. It must be the embedding then.</summary>
    private void CheckTied(Matrix embedding)
    {
        var head = ReadMatrix(Head, config.VocabSize, config.Dim);
        for (var row = 0; row < head.Rows; row++)
        {
            var same = head.Type == embedding.Type && Row(head, row).SequenceEqual(Row(embedding, row));
            if (!same)
                throw tensors[Head]
                    .File.File.Bad(
                        $"tensor {Head} is not the embedding, though config.json has tie_word_embeddings true."
                    );
        }
    }

    private void RefuseTheRest()
    {
        foreach (var (name, tensor) in tensors)
        {
            // Old files also hold the frequencies of the rotation, which follow from config.json.
            if (used.Contains(name) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal))
                continue;
            var shown = Printable.Show(name);
            throw tensor.File.File.Bad(
                name.EndsWith(".bias", StringComparison.Ordinal)
                    ? $"tensor {shown} is a bias; Edge computes Llama models without biases only."
                    : $"tensor {shown} is not part of a Llama model of {config.Layers:N0} layers as Edge computes it; leaving it out would give wrong answers."
            );
        }
    }

    private static ReadOnlySpan<byte> Row(Matrix matrix, int row) =>
        new(matrix.Data + (row * matrix.RowBytes), checked((int)matrix.RowBytes));

    private static string Text(ReadOnlySpan<long> shape)
    {
        var parts = new List<string>();
        foreach (var dim in shape)
            parts.Add(dim.ToString("N0", CultureInfo.InvariantCulture));
        return string.Join(" × ", parts);
    }
}
