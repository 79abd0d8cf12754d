using System.Text;
using Edge.Inference;

namespace Edge.Bench;

/// <summary>How well a model foresaw a text.</summary>
/// <param name="Perplexity">e to the mean surprise of a token.</param>
/// <param name="BitsPerByte">Surprise of the whole text over its UTF-8 bytes: comparable between tokenizers.</param>
/// <param name="Tokens">Tokens foreseen, each once.</param>
/// <param name="KlDivergence">Mean over the same tokens of KL(reference || model), nats; null without a reference.</param>
public sealed record TextReport(double Perplexity, double BitsPerByte, int Tokens, double? KlDivergence);

/// <summary>
/// Measures a model on a text. The text is one long run of tokens. Windows of the context's length overlap by half: the
/// first counts all its tokens, each further one its second half, so that every token counts once and, after the first
/// window, has at least half a context before it. With a BOS every window starts with it.
/// </summary>
public static class TextEvaluation
{
    /// <param name="reference">A model of the same vocabulary to compare with.</param>
    /// <param name="progress">Gets tokens done and tokens in all.</param>
    /// <exception cref="ArgumentException">The text is too short, or the models do not cut it into the same tokens.</exception>
    public static TextReport Run(
        ILanguageModel model,
        string text,
        TextOptions options,
        ILanguageModel? reference = null,
        Action<int, int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var bos = model.Tokenizer.BosId;
        var tokens = model.Tokenizer.Encode(text, addBos: false);
        // Without a BOS nothing stands before the first token, so nothing can foresee it.
        var unforeseen = bos is null ? 1 : 0;
        if (tokens.Length <= unforeseen)
            throw new ArgumentException("the text is too short to be measured: give at least two tokens of it");
        var context = options.For(model.Name, model.Positions);
        if (reference is not null)
        {
            CheckSameTokens(model, reference, text, tokens);
            options.For(reference.Name, reference.Positions);
            context = Math.Min(context, reference.Positions);
        }

        double surprise = 0,
            divergence = 0;
        var counted = unforeseen;
        foreach (var window in Windows(tokens.Length, context, bos is null ? 0 : 1))
        {
            cancellation.ThrowIfCancellationRequested();
            int[] fed = bos is { } id ? [id, .. tokens[window]] : tokens[window];
            var rows = Logits(model, fed);
            var referenceRows = reference is null ? null : Logits(reference, fed);
            // Row r foresees fed[r + 1].
            var ahead = fed.Length - (window.End.Value - counted);
            for (var at = ahead; at < fed.Length; at++)
            {
                var norm = LogSumExp(rows[at - 1]);
                surprise += norm - rows[at - 1][fed[at]];
                if (referenceRows is not null)
                    divergence += Divergence(referenceRows[at - 1], rows[at - 1], norm);
            }
            counted = window.End.Value;
            progress?.Invoke(counted, tokens.Length);
        }

        var scored = tokens.Length - unforeseen;
        var bytes = Encoding.UTF8.GetByteCount(text) - (bos is null ? model.Tokenizer.TokenBytes(tokens[0]).Length : 0);
        return new TextReport(
            Math.Exp(surprise / scored),
            surprise / Math.Log(2) / Math.Max(1, bytes),
            scored,
            reference is null ? null : divergence / scored
        );
    }

    /// <summary>Stretches of the text that are fed at once, <paramref name="context"/> - <paramref name="before"/> tokens
    /// each, the last one shorter.</summary>
    internal static IEnumerable<Range> Windows(int tokens, int context, int before)
    {
        var length = context - before;
        var step = Math.Max(1, length / 2);
        for (var start = 0; ; start += step)
        {
            var end = Math.Min(tokens, start + length);
            yield return start..end;
            if (end == tokens)
                yield break;
        }
    }

    /// <summary>Logits after each token of a fresh conversation, (tokens, vocab): the one place where models are asked.</summary>
    private static float[][] Logits(ILanguageModel model, int[] tokens) => model.Logits(tokens);

    private static void CheckSameTokens(ILanguageModel model, ILanguageModel reference, string text, int[] tokens)
    {
        if (
            reference.Tokenizer.VocabSize != model.Tokenizer.VocabSize
            || reference.Tokenizer.BosId != model.Tokenizer.BosId
            || !reference.Tokenizer.Encode(text, addBos: false).AsSpan().SequenceEqual(tokens)
        )
            throw new ArgumentException(
                $"{reference.Name} cuts the text into other tokens than {model.Name}: a reference needs the same tokenizer"
            );
    }

    /// <summary>ln of the sum of exp.</summary>
    private static double LogSumExp(float[] logits)
    {
        double max = logits.Max(),
            sum = 0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - max);
        return max + Math.Log(sum);
    }

    /// <summary>KL of two distributions given as logits, nats.</summary>
    private static double Divergence(float[] reference, float[] model, double modelNorm)
    {
        var norm = LogSumExp(reference);
        var sum = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var log = reference[i] - norm;
            sum += Math.Exp(log) * (log - (model[i] - modelNorm));
        }
        return sum;
    }
}
