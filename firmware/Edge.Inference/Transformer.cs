using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>
/// The forward pass of a Llama-family decoder: for each layer, x += Wo attention(rope(Wq n), rope(Wk n), Wv n) with
/// n = rmsnorm(x), then x += Wdown (silu(Wgate n) * Wup n) with n = rmsnorm(x); logits = Wout rmsnorm(x)
/// (Touvron et al. 2023). All threads walk the same page together and meet at barriers; each computes its share of the
/// rows, heads or tokens, and no sum is ever split between threads, so results do not depend on their number.
/// </summary>
internal sealed unsafe partial class Transformer : ITeamWork
{
    /// <summary>Rows of a product that a thread takes at a time when there are several tokens.</summary>
    private const int PieceRows = 32;

    /// <summary>Phases of a layer that are taken in pieces: query, key, value, attention, its output, hidden, down.</summary>
    private const int PhasesPerLayer = 7;

    private readonly ModelConfig _config;
    private readonly ModelWeights _weights;
    private readonly ThreadTeam _team;
    private readonly InstructionSet _set;
    private readonly LayerProducts[] _products;
    private readonly RowsProduct _outputProduct;
    private readonly bool _outputQuants;
    private readonly double[] _frequencies;

    // The pass in progress: set by Forward, read by every thread.
    private InferenceState _state = null!;
    private int _tokens;
    private int _position;
    private int _logitRows;

    /// <summary>With several tokens: for each phase of the pass, the next piece of its work that no thread has taken. Who takes
    /// what changes no result, and a thread that is held up holds up the others by one piece at most.</summary>
    private readonly int[] _taken;

    public Transformer(ModelConfig config, ModelWeights weights, ThreadTeam team, InstructionSet set)
    {
        _config = config;
        _weights = weights;
        _team = team;
        _taken = new int[(config.Layers * PhasesPerLayer) + 1];
        (DecodeThreads, PrefillThreads) = (team.Size, team.Size);
        _set = set;
        _products = [.. weights.Layers.Select(layer => new LayerProducts(layer, set))];
        _outputProduct = MatrixProduct.Choose(weights.Output.Type, set);
        _outputQuants = MatrixProduct.ReadsQuants(weights.Output.Type);
        _frequencies = new double[config.RopeDim / 2];
        for (var i = 0; i < _frequencies.Length; i++)
        {
            var divisor = weights.RopeDivisors is { } divisors ? divisors[i] : 1f;
            _frequencies[i] = Math.Pow(config.RopeTheta, -2.0 * i / config.RopeDim) / divisor;
        }
    }

    /// <summary>Threads that take part when one token is computed; 1 to the team's size.</summary>
    public int DecodeThreads { get; set; }

    /// <summary>The same for several tokens.</summary>
    public int PrefillThreads { get; set; }

    /// <summary>
    /// Runs tokens through the model at positions <paramref name="position"/> and on: prefill and decode are the same call.
    /// Any split of a text into calls gives the same bits.
    /// </summary>
    /// <param name="state">Its cache must hold the positions before; later ones are overwritten.</param>
    /// <param name="tokens">1 or more ids below the vocabulary size.</param>
    /// <param name="position">0 to <see cref="InferenceState.Length"/>.</param>
    /// <param name="logitRows">How many of the last tokens get logits, at most <see cref="InferenceState.LogitRows"/>; 0
    /// saves the output product where only the cache matters.</param>
    /// <param name="cancellation">Looked at between passes of at most <see cref="InferenceState.BatchMax"/> tokens.</param>
    /// <returns>(logitRows, vocab), valid until the next call.</returns>
    /// <exception cref="ArgumentException">A token or position is out of range.</exception>
    public ReadOnlySpan<float> Forward(
        InferenceState state,
        ReadOnlySpan<int> tokens,
        int position,
        int logitRows = 1,
        CancellationToken cancellation = default
    )
    {
        Check(state, tokens, position, logitRows);
        _state = state;
        for (var done = 0; done < tokens.Length; done += _tokens)
        {
            cancellation.ThrowIfCancellationRequested();
            _tokens = Math.Min(state.Batch, tokens.Length - done);
            // The tokens with logits are never split between two passes.
            if (done + _tokens < tokens.Length && done + _tokens > tokens.Length - logitRows)
                _tokens = tokens.Length - logitRows - done;
            _position = position + done;
            _logitRows = done + _tokens == tokens.Length ? logitRows : 0;
            var threads = _tokens == 1 ? DecodeThreads : PrefillThreads;
            for (var t = 0; t < _tokens; t++)
            {
                Embed(tokens[done + t], t);
                SetAngles(state.CosSin + ((long)t * _config.RopeDim), _position + t);
            }
            for (var part = 1; part < threads && _tokens == 1; part++)
                Embed(tokens[done], part);
            Array.Clear(_taken);
            _team.Run(this, threads);
            state.Length = _position + _tokens;
        }
        return new ReadOnlySpan<float>(state.Logits, logitRows * _config.VocabSize);
    }

    /// <summary>
    /// One thread's walk through all layers. With several tokens each thread prepares its own tokens and all meet before the
    /// next product. With one, every thread prepares it for itself, in a row of its own: cheaper than meeting.
    /// </summary>
    void ITeamWork.Run(int part)
    {
        var s = _state;
        var alone = _tokens == 1;
        var normed = alone ? s.Normed.Row(part, _config.Dim) : s.Normed;
        var gate = alone ? s.Gate.Row(0, _config.HiddenDim) : s.Gate;
        var scratch = s.Scratch + ((long)part * s.ScratchStride);
        for (var l = 0; l < _weights.Layers.Count; l++)
        {
            var layer = _weights.Layers[l];
            var products = _products[l];
            var phase = l * PhasesPerLayer;

            Normalize(part, layer.AttentionNorm, products.AttentionQuants);
            Meet(alone);
            Product(part, phase, products.Query, layer.Query, normed, _tokens, s.Query, scratch);
            Product(part, phase + 1, products.Key, layer.Key, normed, _tokens, s.Key, scratch);
            Product(part, phase + 2, products.Value, layer.Value, normed, _tokens, s.Value, scratch);
            _team.Barrier();
            if (alone)
                AttendOne(part, l, scratch);
            else
            {
                RotateAndStore(part, l);
                _team.Barrier();
                Attend(phase + 3, l, scratch);
            }
            _team.Barrier();
            var attended = Quantize(part, s.Attended, _config.QueryDim, products.AttendedQuants);
            Product(
                part,
                phase + 4,
                products.AttentionOutput,
                layer.AttentionOutput,
                attended,
                _tokens,
                s.Delta,
                scratch
            );
            _team.Barrier();

            AddDelta(part);
            Normalize(part, layer.FeedForwardNorm, products.FeedForwardQuants);
            Meet(alone);
            Hidden(part, phase + 5, layer, products, normed, gate, scratch);
            _team.Barrier();
            Product(part, phase + 6, products.Down, layer.Down, gate, _tokens, s.Delta, scratch);
            _team.Barrier();
            AddDelta(part);
        }
        if (_logitRows > 0)
            ComputeLogits(part, scratch);
    }

    private void SetAngles(float* cosSin, int position)
    {
        for (var i = 0; i < _frequencies.Length; i++)
        {
            var (sin, cos) = Math.SinCos(position * _frequencies[i]);
            cosSin[2 * i] = (float)cos;
            cosSin[(2 * i) + 1] = (float)sin;
        }
    }

    private void Check(InferenceState state, ReadOnlySpan<int> tokens, int position, int logitRows)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("the forward pass needs at least one token", nameof(tokens));
        if (logitRows < 0 || logitRows > Math.Min(tokens.Length, InferenceState.LogitRows))
            throw new ArgumentException(
                $"logits of 0 to {Math.Min(tokens.Length, InferenceState.LogitRows)} tokens can be had, got {logitRows}",
                nameof(logitRows)
            );
        if (position < 0 || position > state.Length)
            throw new ArgumentException($"position must be 0 to {state.Length}, got {position}", nameof(position));
        if (tokens.Length > state.Positions - position)
            throw new ArgumentException(
                $"{tokens.Length} tokens at position {position} do not fit the {state.Positions} positions of the cache",
                nameof(tokens)
            );
        foreach (var token in tokens)
        {
            if ((uint)token >= (uint)_config.VocabSize)
                throw new ArgumentException(
                    $"token ids must be 0 to {_config.VocabSize - 1}, got {token}",
                    nameof(tokens)
                );
        }
    }
}
