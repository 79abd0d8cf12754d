using Edge.Inference;

namespace Edge.Conversion.Weights;

/// <summary>The tensors of a Llama model by their GGUF names.</summary>
internal static class LlamaTensors
{
    public const string RopeFactors = "rope_freqs.weight";

    public const string Embedding = "token_embd.weight";

    public const string OutputNorm = "output_norm.weight";

    public const string Output = "output.weight";

    /// <summary>"blk.3.attn_q.weight"</summary>
    public static string InLayer(int layer, string part) => $"blk.{layer}.{part}.weight";

    /// <param name="ropeFactors">Llama 3's table; null for none.</param>
    /// <param name="halfSplit">The rows of queries and keys are in Hugging Face's order.</param>
    public static IReadOnlyList<SourceTensor> Of(
        ModelConfig config,
        ModelWeights weights,
        float[]? ropeFactors,
        bool halfSplit
    )
    {
        var head = halfSplit ? config.HeadDim : 0;
        var tensors = new List<SourceTensor>();
        if (ropeFactors is not null)
            tensors.Add(new(RopeFactors, ropeFactors));
        tensors.Add(new(Embedding, weights.TokenEmbedding));
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = weights.Layers[i];
            tensors.Add(new(InLayer(i, "attn_norm"), layer.AttentionNorm));
            tensors.Add(new(InLayer(i, "attn_q"), layer.Query, head));
            tensors.Add(new(InLayer(i, "attn_k"), layer.Key, head));
            tensors.Add(new(InLayer(i, "attn_v"), layer.Value));
            tensors.Add(new(InLayer(i, "attn_output"), layer.AttentionOutput));
            tensors.Add(new(InLayer(i, "ffn_norm"), layer.FeedForwardNorm));
            tensors.Add(new(InLayer(i, "ffn_gate"), layer.Gate));
            tensors.Add(new(InLayer(i, "ffn_up"), layer.Up));
            tensors.Add(new(InLayer(i, "ffn_down"), layer.Down));
        }
        tensors.Add(new(OutputNorm, weights.OutputNorm));
        if (!config.TiedOutput)
            tensors.Add(new(Output, weights.Output));
        return tensors;
    }
}
