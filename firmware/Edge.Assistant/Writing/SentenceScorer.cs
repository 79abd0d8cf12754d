using System.Numerics.Tensors;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// How likely a model would have written a sentence: the mean log probability of its tokens and the end after them, so that
/// short and long ones can be compared. One sentence at a time.
/// </summary>
public sealed class SentenceScorer(ILanguageModel model)
{
    /// <summary>Of a longer sentence only so many tokens count.</summary>
    public const int TokensMax = 96;

    private readonly float[] logits = new float[(TokensMax + 1) * model.Tokenizer.VocabSize];
    private readonly float[] scratch = new float[model.Tokenizer.VocabSize];

    /// <summary>Mean log probability of a token and of the end, nats.</summary>
    /// <param name="prompt">Up to where the sentence would begin; leaves room for <see cref="TokensMax"/> and the end.</param>
    public double Score(int[] prompt, string sentence, CancellationToken cancellation = default) =>
        // With the space that a word in the middle of a text carries, as the model was taught to write.
        Score(
            prompt,
            model.Tokenizer.Encode(model.Tokenizer.AddsSpacePrefix ? sentence : " " + sentence, addBos: false),
            cancellation
        );

    /// <inheritdoc cref="Score(int[], string, CancellationToken)"/>
    /// <param name="tokens">Of the sentence.</param>
    public double Score(int[] prompt, int[] tokens, CancellationToken cancellation = default)
    {
        var vocab = model.Tokenizer.VocabSize;
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
