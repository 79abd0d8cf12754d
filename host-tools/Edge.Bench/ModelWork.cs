using Edge.Inference;

namespace Edge.Bench;

/// <summary>What running a model costs, counted from its shape.</summary>
/// <param name="AllWeightBytes">The file's weights, an embedding table of its own included.</param>
/// <param name="PrefillMultiplyAdds">Of the layers' matrices, for one token of a prompt.</param>
/// <param name="CacheBytes">The key-value cache.</param>
internal sealed record ModelWork(int VocabSize, long AllWeightBytes, long PrefillMultiplyAdds, long CacheBytes)
{
    public static ModelWork Of(ModelFile file, int positions)
    {
        var config = file.Config;
        var embedding = config.TiedOutput ? 0 : file.Weights.TokenEmbedding.TotalBytes;
        var layer =
            (2L * config.Dim * config.QueryDim)
            + (2L * config.Dim * config.KvDim)
            + (3L * config.Dim * config.HiddenDim);
        return new ModelWork(
            config.VocabSize,
            file.WeightBytes + embedding,
            layer * config.Layers,
            InferenceState.CacheBytes(config, positions, KvType.F32)
        );
    }
}
