using Edge.Inference;

namespace Edge.Bench.Shapes;

/// <summary>One tensor of a Llama model by GGUF's name.</summary>
/// <param name="Rows">1 for a vector.</param>
internal readonly record struct ShapeTensor(string Name, int Rows, int Columns)
{
    /// <summary>Norm weights: always F32, all ones.</summary>
    public bool IsVector => Rows == 1;
}

/// <summary>All tensors of a shape, in the order of a usual file.</summary>
internal static class ShapeTensors
{
    public static IEnumerable<ShapeTensor> Of(ModelConfig config)
    {
        yield return new("token_embd.weight", config.VocabSize, config.Dim);
        for (var i = 0; i < config.Layers; i++)
        {
            yield return new($"blk.{i}.attn_norm.weight", 1, config.Dim);
            yield return new($"blk.{i}.attn_q.weight", config.QueryDim, config.Dim);
            yield return new($"blk.{i}.attn_k.weight", config.KvDim, config.Dim);
            yield return new($"blk.{i}.attn_v.weight", config.KvDim, config.Dim);
            yield return new($"blk.{i}.attn_output.weight", config.Dim, config.QueryDim);
            yield return new($"blk.{i}.ffn_norm.weight", 1, config.Dim);
            yield return new($"blk.{i}.ffn_gate.weight", config.HiddenDim, config.Dim);
            yield return new($"blk.{i}.ffn_up.weight", config.HiddenDim, config.Dim);
            yield return new($"blk.{i}.ffn_down.weight", config.Dim, config.HiddenDim);
        }
        yield return new("output_norm.weight", 1, config.Dim);
        if (!config.TiedOutput)
            yield return new("output.weight", config.VocabSize, config.Dim);
    }
}
