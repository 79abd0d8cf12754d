using Edge.Inference;

namespace Edge.Slots;

/// <summary>Loads the model and runs its probe twice, as the device will run it.</summary>
public static class ModelSelfTest
{
    /// <summary>Root mean square of the difference over root mean square of the expected values.</summary>
    public static double RelativeError(float[] found, IReadOnlyList<float> expected)
    {
        double difference = 0,
            scale = 0;
        for (var i = 0; i < found.Length; i++)
        {
            difference += Math.Pow(found[i] - (double)expected[i], 2);
            scale += Math.Pow(expected[i], 2);
        }
        return scale == 0 ? (difference == 0 ? 0 : double.PositiveInfinity) : Math.Sqrt(difference / scale);
    }

    /// <inheritdoc cref="SelfTest"/>
    internal static string Run(
        ModelOpener open,
        string modelPath,
        string? tokenizerPath,
        SlotManifest manifest,
        CancellationToken cancellation
    )
    {
        try
        {
            using var model = open(modelPath, tokenizerPath);
            var tokens = manifest.ProbeTokens.ToArray();
            var first = model.Logits(tokens);
            cancellation.ThrowIfCancellationRequested();
            var second = model.Logits(tokens);
            // The host computed the model's logits; its fallback's engine rounds in another way.
            var isFallback = Path.GetFileName(modelPath) == SlotLimits.FallbackFileName;
            return Judge(
                first,
                second,
                manifest.ProbeLogits,
                isFallback ? SlotLimits.FallbackErrorMax : SlotLimits.ProbeErrorMax
            );
        }
        catch (Exception wrong)
            when (wrong is ModelFormatException or ArgumentException or IOException or OutOfMemoryException)
        {
            throw new SlotException($"the model failed its self-test: {wrong.Message}", wrong);
        }
    }

    /// <param name="first">Logits of one run, (tokens, vocab).</param>
    /// <param name="second">Of a second run of the same tokens.</param>
    /// <param name="expected">The host's logits after the last token, (vocab), or empty.</param>
    /// <param name="errorMax">Relative root mean square error allowed against them.</param>
    internal static string Judge(float[][] first, float[][] second, IReadOnlyList<float> expected, double errorMax)
    {
        for (var row = 0; row < first.Length; row++)
        {
            if (first[row].AsSpan().ContainsAnyExceptInFinite())
                throw new SlotException(
                    $"the model failed its self-test: a logit after probe token {row + 1} is not finite"
                );
            if (!first[row].AsSpan().SequenceEqual(second[row]))
                throw new SlotException("the model failed its self-test: two runs of the probe differ");
        }
        if (expected.Count == 0)
            return $"{first.Length} probe tokens, finite and repeatable";
        var last = first[^1];
        if (last.Length != expected.Count)
            throw new SlotException(
                $"the model failed its self-test: it has {last.Length:N0} logits, the host computed {expected.Count:N0}"
            );
        var error = RelativeError(last, expected);
        return error <= errorMax
            ? $"{first.Length} probe tokens, within {error:0.0e+0} of the host's logits"
            : throw new SlotException(
                $"the model failed its self-test: its logits are {error:0.000} off the host's, {errorMax} is allowed"
            );
    }

    private static bool ContainsAnyExceptInFinite(this ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return true;
        }
        return false;
    }

    private static bool ContainsAnyExceptInFinite(this Span<float> values) =>
        ((ReadOnlySpan<float>)values).ContainsAnyExceptInFinite();
}
