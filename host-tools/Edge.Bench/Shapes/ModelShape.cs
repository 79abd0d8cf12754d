using Edge.Inference;

namespace Edge.Bench.Shapes;

/// <summary>A model shape that people know by name. Speed depends on the shape, never on the weights' values.</summary>
/// <param name="Name">As --shape takes it.</param>
public sealed record ModelShape(string Name, ModelConfig Config)
{
    private const int ContextLength = 2048;

    public static IReadOnlyList<ModelShape> All { get; } =
    [
        Of("stories15m", dim: 288, layers: 6, heads: 6, kvHeads: 6, hidden: 768, vocab: 32000),
        Of("stories110m", dim: 768, layers: 12, heads: 12, kvHeads: 12, hidden: 2048, vocab: 32000),
        Of("smollm2-135m", dim: 576, layers: 30, heads: 9, kvHeads: 3, hidden: 1536, vocab: 49152),
        Of("smollm2-360m", dim: 960, layers: 32, heads: 15, kvHeads: 5, hidden: 2560, vocab: 49152),
        Of("tinyllama-1.1b", dim: 2048, layers: 22, heads: 32, kvHeads: 4, hidden: 5632, vocab: 32000, tied: false),
    ];

    /// <summary>"stories15m, stories110m ...", for messages.</summary>
    public static string Names => string.Join(", ", All.Select(shape => shape.Name));

    /// <exception cref="ArgumentException">No shape has this name; the message lists those there are.</exception>
    public static ModelShape Find(string name) =>
        All.FirstOrDefault(shape => shape.Name == name)
        ?? throw new ArgumentException($"no shape is called \"{name}\"; there are {Names}");

    private static ModelShape Of(
        string name,
        int dim,
        int layers,
        int heads,
        int kvHeads,
        int hidden,
        int vocab,
        bool tied = true
    ) =>
        new(
            name,
            new ModelConfig
            {
                Dim = dim,
                HiddenDim = hidden,
                Layers = layers,
                Heads = heads,
                KvHeads = kvHeads,
                HeadDim = dim / heads,
                RopeDim = dim / heads,
                VocabSize = vocab,
                ContextLength = ContextLength,
                TiedOutput = tied,
            }
        );
}
