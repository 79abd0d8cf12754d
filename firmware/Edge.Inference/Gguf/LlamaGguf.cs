using System.Runtime.InteropServices;

namespace Edge.Inference.Gguf;

/// <summary>
/// Reads a Llama-family model out of a GGUF file: the shape from its metadata, the weights from its tensors, each of
/// whose shapes must be the one that the metadata asks for. What Edge would compute wrongly is refused by name.
/// </summary>
internal sealed unsafe class LlamaGguf
{
    private readonly GgufFile gguf;
    private readonly GgufMetadata metadata;
    private readonly MappedFile file;
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    private LlamaGguf(GgufFile gguf)
    {
        this.gguf = gguf;
        metadata = gguf.Metadata;
        file = gguf.File;
    }

    public static (ModelConfig Config, ModelWeights Weights) Read(GgufFile gguf)
    {
        var reader = new LlamaGguf(gguf);
        reader.RefuseWhatEdgeCannotRun();
        var config = reader.ReadConfig();
        return (config, reader.ReadWeights(config));
    }

    private void RefuseWhatEdgeCannotRun()
    {
        var architecture = metadata.String("general.architecture") ?? throw metadata.Missing("general.architecture");
        if (architecture != "llama")
            throw file.Bad(
                $"is a model of architecture {Printable.Show(architecture)}; Edge runs llama. Choose a Llama-family model."
            );
        if (metadata.Int("split.count", 0, int.MaxValue) is > 1 and var parts)
            throw file.Bad($"is one of {parts:N0} parts of a model. Merge the parts into one file first.");
        if (gguf.Tensors.Count == 0)
            throw file.Bad("holds a vocabulary only, no weights. It can be a tokenizer, not a model.");
        if (metadata.Int("llama.expert_count", 0, int.MaxValue) is > 0 and var experts)
            throw file.Bad($"is a mixture of {experts:N0} experts; Edge runs dense models only.");
        if (metadata.Bool("llama.attention.causal") == false)
            throw file.Bad("llama.attention.causal is false; Edge runs causal models only.");
    }

    private ModelConfig ReadConfig()
    {
        var dim = metadata.RequireInt("llama.embedding_length", 1, ModelLimits.DimMax);
        var heads = metadata.RequireInt("llama.attention.head_count", 1, ModelLimits.HeadsMax);
        var kvHeads = metadata.Int("llama.attention.head_count_kv", 1, ModelLimits.HeadsMax) ?? heads;
        if (heads % kvHeads != 0)
            throw file.Bad(
                $"llama.attention.head_count is {heads}, which {kvHeads} key and value heads do not divide."
            );

        var headDim = ReadHeadDim(dim, heads);
        var ropeDim = metadata.Int("llama.rope.dimension_count", 2, ModelLimits.HeadDimMax) ?? headDim;
        if (ropeDim % 2 != 0 || ropeDim > headDim)
            throw file.Bad($"llama.rope.dimension_count must be even and at most {headDim}, found {ropeDim}.");

        var embedding = Require("token_embd.weight");
        var vocab = embedding.Dims.Count == 2 ? embedding.Dims[1] : 0;
        if (vocab is 0 or > ModelLimits.VocabMax)
            throw file.Bad(
                $"token_embd.weight must have 1 to {ModelLimits.VocabMax:N0} rows, found the shape {ShapeText(embedding.Dims)}."
            );
        if (metadata.Int("llama.vocab_size", 1, ModelLimits.VocabMax) is { } named && named != vocab)
            throw file.Bad($"llama.vocab_size is {named:N0}, but token_embd.weight has {vocab:N0} rows.");

        return new ModelConfig
        {
            Dim = dim,
            HiddenDim = metadata.RequireInt("llama.feed_forward_length", 1, ModelLimits.HiddenDimMax),
            Layers = metadata.RequireInt("llama.block_count", 1, ModelLimits.LayersMax),
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            RopeDim = ropeDim,
            VocabSize = (int)vocab,
            ContextLength = metadata.RequireInt("llama.context_length", 1, ModelLimits.ContextMax),
            RopeTheta = metadata.Positive("llama.rope.freq_base") ?? 10000f,
            NormEpsilon =
                metadata.Positive("llama.attention.layer_norm_rms_epsilon")
                ?? throw metadata.Missing("llama.attention.layer_norm_rms_epsilon"),
            TiedOutput = gguf.FindTensor("output.weight") is null,
        };
    }

    private int ReadHeadDim(int dim, int heads)
    {
        var key = metadata.Int("llama.attention.key_length", 1, ModelLimits.HeadDimMax);
        var value = metadata.Int("llama.attention.value_length", 1, ModelLimits.HeadDimMax);
        if (key is null && value is null && dim % heads != 0)
            throw file.Bad($"llama.embedding_length is {dim}, which {heads} heads do not divide.");
        var headDim = key ?? dim / heads;
        if ((value ?? dim / heads) != headDim)
            throw file.Bad(
                $"llama.attention.key_length is {headDim} and value_length {value ?? (dim / heads)}; Edge needs them equal."
            );
        return headDim is >= 1 and <= ModelLimits.HeadDimMax
            ? headDim
            : throw file.Bad($"heads must be 1 to {ModelLimits.HeadDimMax:N0} wide, found {headDim:N0}.");
    }

    private ModelWeights ReadWeights(ModelConfig config)
    {
        var embedding = ReadMatrix("token_embd.weight", config.VocabSize, config.Dim);
        var layers = new LayerWeights[config.Layers];
        for (var i = 0; i < layers.Length; i++)
            layers[i] = ReadLayer(config, $"blk.{i}.");
        var weights = new ModelWeights
        {
            TokenEmbedding = embedding,
            Layers = layers,
            OutputNorm = ReadVector("output_norm.weight", config.Dim),
            Output = config.TiedOutput ? embedding : ReadMatrix("output.weight", config.VocabSize, config.Dim),
            RopeDivisors = ReadRopeDivisors(config),
        };

        foreach (var tensor in gguf.Tensors)
        {
            if (!used.Contains(tensor.Name))
                throw file.Bad(
                    $"tensor {Printable.Show(tensor.Name)} is not part of a Llama model of {config.Layers:N0} layers as Edge computes it; leaving it out would give wrong answers."
                );
        }
        return weights;
    }

    private LayerWeights ReadLayer(ModelConfig config, string prefix) =>
        new()
        {
            AttentionNorm = ReadVector(prefix + "attn_norm.weight", config.Dim),
            Query = ReadMatrix(prefix + "attn_q.weight", config.QueryDim, config.Dim),
            Key = ReadMatrix(prefix + "attn_k.weight", config.KvDim, config.Dim),
            Value = ReadMatrix(prefix + "attn_v.weight", config.KvDim, config.Dim),
            AttentionOutput = ReadMatrix(prefix + "attn_output.weight", config.Dim, config.QueryDim),
            FeedForwardNorm = ReadVector(prefix + "ffn_norm.weight", config.Dim),
            Gate = ReadMatrix(prefix + "ffn_gate.weight", config.HiddenDim, config.Dim),
            Up = ReadMatrix(prefix + "ffn_up.weight", config.HiddenDim, config.Dim),
            Down = ReadMatrix(prefix + "ffn_down.weight", config.Dim, config.HiddenDim),
        };

    /// <summary>Llama 3's table, times the factor of linear scaling; null when neither is there.</summary>
    private float[]? ReadRopeDivisors(ModelConfig config)
    {
        const string typeKey = "llama.rope.scaling.type";
        var type = metadata.String(typeKey);
        if (type is not (null or "none" or "linear"))
            throw file.Bad(
                $"{typeKey} is {Printable.Show(type)}; Edge knows none, linear and Llama 3's rope_freqs.weight."
            );
        if (metadata.Positive("llama.rope.scaling.attn_factor") is { } attention && attention != 1)
            throw file.Bad($"llama.rope.scaling.attn_factor is {attention}; Edge knows only 1.");

        var factor = 1f;
        if (type != "none")
            factor =
                metadata.Positive("llama.rope.scaling.factor") ?? metadata.Positive("llama.rope.scale_linear") ?? 1f;
        if (type == "linear" && metadata.Find("llama.rope.scaling.factor") is null)
            throw metadata.Missing("llama.rope.scaling.factor");

        const string name = "rope_freqs.weight";
        var divisors = gguf.FindTensor(name) is null ? null : ReadVector(name, config.RopeDim / 2);
        if (divisors is not null && divisors.Any(divisor => divisor <= 0))
            throw file.Bad($"{name} has a divisor that is not above 0.");
        if (factor == 1f)
            return divisors;
        divisors ??= [.. Enumerable.Repeat(1f, config.RopeDim / 2)];
        return [.. divisors.Select(divisor => divisor * factor)];
    }

    private Matrix ReadMatrix(string name, int rows, int columns)
    {
        var tensor = Require(name);
        if (!HasShape(tensor, columns, rows))
            throw file.Bad(
                $"tensor {name} must have the shape ({rows:N0} rows, {columns:N0} columns), found {ShapeText(tensor.Dims)}."
            );
        return new Matrix((TensorType)tensor.Type.Number, rows, columns, file.At(tensor.Offset, tensor.Bytes));
    }

    private float[] ReadVector(string name, int length)
    {
        var tensor = Require(name);
        if (!HasShape(tensor, length, 1))
            throw file.Bad($"tensor {name} must have {length:N0} elements, found the shape {ShapeText(tensor.Dims)}.");
        var bytes = file.Span(tensor.Offset, (int)tensor.Bytes);
        var vector = new float[length];
        for (var i = 0; i < length; i++)
        {
            vector[i] = (TensorType)tensor.Type.Number switch
            {
                TensorType.F32 => MemoryMarshal.Read<float>(bytes[(4 * i)..]),
                TensorType.F16 => (float)MemoryMarshal.Read<Half>(bytes[(2 * i)..]),
                TensorType.BF16 => BitConverter.UInt32BitsToSingle(
                    (uint)MemoryMarshal.Read<ushort>(bytes[(2 * i)..]) << 16
                ),
                _ => throw file.Bad($"tensor {name} is {tensor.Type.Name}; vectors must be F32, F16 or BF16."),
            };
            if (!float.IsFinite(vector[i]))
                throw file.Bad(
                    $"tensor {name}: element {i:N0} is {vector[i]}, not a finite number. Convert the model again."
                );
        }
        return vector;
    }

    /// <summary>The tensor of this name, in a type that Edge computes with.</summary>
    private GgufTensor Require(string name)
    {
        var tensor =
            gguf.FindTensor(name)
            ?? throw file.Bad($"tensor {name} is missing: the file is no whole Llama model. Convert the model again.");
        if (!tensor.Type.Computed)
            throw file.Bad(
                $"tensor {name} is stored as {tensor.Type.Name}; Edge reads {GgufTensorType.ComputedNames}. Convert the model to q8_0."
            );
        used.Add(name);
        return tensor;
    }

    /// <summary>Dimensions of 1 at the end change nothing.</summary>
    private static bool HasShape(GgufTensor tensor, long columns, long rows) =>
        tensor.Dims[0] == columns
        && (tensor.Dims.Count > 1 ? tensor.Dims[1] : 1) == rows
        && tensor.Dims.Skip(2).All(dim => dim == 1);

    private static string ShapeText(IReadOnlyList<long> dims) =>
        dims.Count == 1
            ? $"({dims[0]:N0} elements)"
            : $"({string.Join(" × ", dims.Skip(1).Select(dim => dim.ToString("N0", null)))} rows, {dims[0]:N0} columns)";
}
