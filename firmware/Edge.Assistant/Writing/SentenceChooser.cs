using System.Numerics.Tensors;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// Chooses among sentences the one that a model would most likely have written: by the mean log probability of its tokens
/// and the end after them, so that short and long ones can be compared. One choice at a time.
/// </summary>
public sealed class SentenceChooser(ILanguageModel model)
{
    /// <summary>Of a longer sentence only so many tokens count.</summary>
    public const int TokensMax = 96;

    private readonly float[] logits = new float[(TokensMax + 1) * model.Tokenizer.VocabSize];
    private readonly float[] scratch = new float[model.Tokenizer.VocabSize];

    /// <param name="prompt">Up to where the sentence would begin; leaves room for <see cref="TokensMax"/> and the end.</param>
    /// <param name="candidates">At least one.</param>
    /// <returns>Index of the best; the first among equals.</returns>
    public int Best(int[] prompt, IReadOnlyList<string> candidates, CancellationToken cancellation = default)
    {
        var best = (Index: 0, Score: double.NegativeInfinity);
        for (var i = 0; i < candidates.Count; i++)
        {
            var score = Score(prompt, candidates[i], cancellation);
            if (score > best.Score)
                best = (i, score);
        }
        return best.Index;
    }

    /// <summary>Mean log probability of a token, nats.</summary>
    public double Score(int[] prompt, string sentence, CancellationToken cancellation = default)
    {
        var vocab = model.Tokenizer.VocabSize;
        // With the space that a word in the middle of a text carries, as the model was taught to write.
        var tokens = model.Tokenizer.Encode(" " + sentence, addBos: false);
        var whole = tokens.Length <= TokensMax;
        if (!whole)
            tokens = tokens[..TokensMax];
        model.LogitsOfLast([.. prompt, .. tokens], tokens.Length + 1, logits, cancellation);
        var sum = 0.0;
        for (var i = 0; i < tokens.Length; i++)
            sum += LogProbability(logits.AsSpan(i * vocab, vocab), tokens[i]);
        if (!whole)
            return sum / tokens.Length;
        var end = logits.AsSpan(tokens.Length * vocab, vocab);
        var ends = model.Tokenizer.EosId is { } id ? LogProbability(end, id) : 0;
        return (sum + ends) / (tokens.Length + 1);
    }

    private double LogProbability(ReadOnlySpan<float> row, int token)
    {
        var max = TensorPrimitives.Max(row);
        TensorPrimitives.Subtract(row, max, scratch);
        TensorPrimitives.Exp<float>(scratch, scratch);
        return row[token] - max - Math.Log(TensorPrimitives.Sum<float>(scratch));
    }
}
