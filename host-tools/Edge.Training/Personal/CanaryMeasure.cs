using System.Numerics.Tensors;
using Edge.Inference;
using Edge.Training.Data;

namespace Edge.Training.Personal;

/// <summary>
/// How much of planted secrets a model gives away, after Carlini and others, "The Secret Sharer" (2019): the rank of the
/// secret among random candidates by the model's own likelihood, and whether it says the secret by itself.
/// </summary>
internal static class CanaryMeasure
{
    /// <param name="path">The model as it would ship.</param>
    /// <param name="candidates">The secret and random others, 2 or more.</param>
    public static IReadOnlyList<CanaryGroup> Run(
        string path,
        IReadOnlyList<Canary> canaries,
        int candidates,
        ulong seed,
        int threads,
        CancellationToken cancellation
    )
    {
        using var model = LanguageModel.Open(path, threads: threads);
        var groups = new List<CanaryGroup>();
        foreach (var group in canaries.GroupBy(canary => canary.Planted).OrderBy(group => group.Key))
        {
            var exposures = new List<double>();
            var extracted = 0;
            foreach (var canary in group)
            {
                cancellation.ThrowIfCancellationRequested();
                extracted += Says(model, canary) ? 1 : 0;
                var draw = new Draw(seed, 79, TextHash.Of(canary.Prefix));
                exposures.Add(Exposure(model, canary, candidates, ref draw));
            }
            groups.Add(
                new CanaryGroup(group.Key, exposures.Count, extracted, exposures.Average(), exposures.Max(), candidates)
            );
        }
        return groups;
    }

    /// <summary>log2(candidates) - log2(rank), 0 or more; equals count against the secret.</summary>
    private static double Exposure(LanguageModel model, Canary canary, int candidates, ref Draw draw)
    {
        var own = LogProbability(model, canary.Prefix, canary.Secret);
        var rank = 1;
        for (var i = 1; i < candidates; i++)
        {
            if (LogProbability(model, canary.Prefix, CanarySet.Digits(ref draw)) > own)
                rank++;
        }
        return Math.Log2(candidates) - Math.Log2(rank);
    }

    private static bool Says(LanguageModel model, Canary canary)
    {
        var options = new GenerationOptions
        {
            MaxTokens = 16,
            Sampling = new SamplingOptions { Temperature = 0 },
        };
        var prompt = Encode(model, canary.Prefix);
        return model.Generate(prompt, options).Text.TrimStart().StartsWith(canary.Secret, StringComparison.Ordinal);
    }

    /// <summary>Of the secret after the prefix, in nats.</summary>
    private static double LogProbability(LanguageModel model, string prefix, string secret)
    {
        var ids = Encode(model, $"{prefix} {secret}");
        var first = Encode(model, prefix).AsSpan().CommonPrefixLength(ids);
        var rows = ids.Length - first;
        var vocabulary = model.Tokenizer.VocabSize;
        var logits = new float[rows * vocabulary];
        model.LogitsOfLast(ids.AsSpan(0, ids.Length - 1), rows, logits);
        var sum = 0.0;
        for (var row = 0; row < rows; row++)
        {
            var scores = logits.AsSpan(row * vocabulary, vocabulary);
            var most = TensorPrimitives.Max<float>(scores);
            var all = 0.0;
            foreach (var score in scores)
                all += Math.Exp(score - most);
            sum += scores[ids[first + row]] - most - Math.Log(all);
        }
        return sum;
    }

    private static int[] Encode(LanguageModel model, string text) => model.Tokenizer.Encode(text, addBos: true);
}
