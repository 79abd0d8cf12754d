using Edge.Bench.Shapes;
using Edge.Inference;

namespace Edge.Bench.Tests;

internal static class TinyShape
{
    /// <summary>Small enough to write and run many times; nothing in it is a round multiple of anything else.</summary>
    public static ModelShape Make(bool tied = true) =>
        new(
            "tiny",
            new ModelConfig
            {
                Dim = 64,
                HiddenDim = 96,
                Layers = 2,
                Heads = 4,
                KvHeads = 2,
                HeadDim = 16,
                RopeDim = 16,
                VocabSize = 300,
                ContextLength = 512,
                TiedOutput = tied,
            }
        );
}
