using System.Numerics.Tensors;
using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>
/// Chooses tokens from logits by <see cref="SamplingOptions"/>. Owns its buffers: choosing allocates nothing. The same
/// options and logits give the same tokens on every machine.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly float[] _weights;
    private readonly int[] _ids;
    private readonly int[] _recent = new int[SamplingOptions.PenaltyWindow];
    private int _recentCount;
    private ulong _random;

    public Sampler(SamplingOptions options, int vocabSize)
    {
        _options = options;
        _weights = new float[vocabSize];
        _ids = new int[vocabSize];
        _random = Mix(options.Seed);
    }

    /// <summary>Remembers a token for the repetition penalty.</summary>
    public void Accept(int token) => _recent[_recentCount++ % _recent.Length] = token;

    /// <summary>The next token.</summary>
    /// <param name="logits">(vocab)</param>
    /// <exception cref="InvalidOperationException">A logit is not a number: the weights are damaged.</exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        var weights = _weights.AsSpan();
        logits.CopyTo(weights);
        Penalize(weights);
        var best = TensorPrimitives.IndexOfMax<float>(weights);
        if (!float.IsFinite(weights[best]))
            throw new InvalidOperationException(
                $"the model's logit for token {best} is {weights[best]}: its weights are damaged. Copy the model again."
            );
        if (_options.Temperature == 0)
            return best;

        var count = Candidates(weights[best]);
        return Draw(count);
    }

    private void Penalize(Span<float> logits)
    {
        var penalty = _options.RepetitionPenalty;
        if (penalty == 1f)
            return;
        var known = _recent.AsSpan(0, Math.Min(_recentCount, _recent.Length));
        for (var i = 0; i < known.Length; i++)
        {
            // Each token once, however often it occurred.
            if (known[..i].Contains(known[i]))
                continue;
            ref var logit = ref logits[known[i]];
            logit = logit > 0 ? logit / penalty : logit * penalty;
        }
    }

    /// <summary>
    /// Turns logits into weights exp((logit - max) / temperature) and keeps the candidates, likeliest first where an option
    /// needs order: (count) leading entries of _weights and _ids.
    /// </summary>
    private int Candidates(float max)
    {
        var sorted = _options.TopK > 0 || _options.TopP < 1f;
        // The likeliest weighs 1, so min-p can be applied at once; e^-20 is below what 64 bits of chance would ever pick.
        var smallest = MathF.Max(_options.MinP, 2e-9f);
        var count = 0;
        for (var id = 0; id < _weights.Length; id++)
        {
            var weight = Elementwise.Exp((_weights[id] - max) / _options.Temperature);
            if (weight < smallest)
                continue;
            _weights[count] = weight;
            _ids[count++] = id;
        }
        if (!sorted)
            return count;

        // Descending by weight, ascending by id among equals: sort by (-weight, id).
        for (var i = 0; i < count; i++)
            _weights[i] = -_weights[i];
        SortStable(count);
        for (var i = 0; i < count; i++)
            _weights[i] = -_weights[i];
        if (_options.TopK > 0)
            count = Math.Min(count, _options.TopK);
        return _options.TopP < 1f ? Nucleus(count) : count;
    }

    /// <summary>Sorts the first entries by weight; equal weights keep ascending ids.</summary>
    private void SortStable(int count)
    {
        var weights = _weights.AsSpan(0, count);
        var ids = _ids.AsSpan(0, count);
        weights.Sort(ids);
        for (int start = 0, end; start < count; start = end)
        {
            for (end = start + 1; end < count && weights[end] == weights[start]; end++) { }
            if (end - start > 1)
                ids[start..end].Sort();
        }
    }

    /// <summary>The shortest prefix whose share of the total reaches top-p.</summary>
    private int Nucleus(int count)
    {
        double total = 0;
        for (var i = 0; i < count; i++)
            total += _weights[i];
        double sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += _weights[i];
            if (sum >= _options.TopP * total)
                return i + 1;
        }
        return count;
    }

    private int Draw(int count)
    {
        double total = 0;
        for (var i = 0; i < count; i++)
            total += _weights[i];
        var target = NextUnit() * total;
        double sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += _weights[i];
            if (target < sum)
                return _ids[i];
        }
        return _ids[count - 1];
    }

    /// <summary>Uniform in [0, 1) by xorshift64* (Vigna 2016), upper 53 bits.</summary>
    private double NextUnit()
    {
        _random ^= _random >> 12;
        _random ^= _random << 25;
        _random ^= _random >> 27;
        return (_random * 0x2545F4914F6CDD1DUL >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>SplitMix64's finaliser: any seed, 0 included, becomes a usable state.</summary>
    private static ulong Mix(ulong seed)
    {
        var z = seed + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        z ^= z >> 31;
        return z == 0 ? 1 : z;
    }
}
