using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>
/// The forward pass of a Llama-family decoder: for each layer, x += Wo attention(rope(Wq n), rope(Wk n), Wv n) with
/// n = rmsnorm(x), then x += Wdown (silu(Wgate n) * Wup n) with n = rmsnorm(x); logits = Wout rmsnorm(x)
/// (Touvron et al. 2023). All threads walk the same page together and meet at barriers; each computes its share of the
/// rows, heads or tokens, and no sum is ever split between threads, so results do not depend on their number.
/// </summary>
internal sealed unsafe class Transformer : ITeamWork
{
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
    private bool _wantsLogits;

    public Transformer(ModelConfig config, ModelWeights weights, ThreadTeam team, InstructionSet set)
    {
        _config = config;
        _weights = weights;
        _team = team;
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

    /// <summary>
    /// Runs tokens through the model at positions <paramref name="position"/> and on: prefill and decode are the same call.
    /// Any split of a text into calls gives the same bits.
    /// </summary>
    /// <param name="state">Its cache must hold the positions before; later ones are overwritten.</param>
    /// <param name="tokens">1 or more ids below the vocabulary size.</param>
    /// <param name="position">0 to <see cref="InferenceState.Length"/>.</param>
    /// <param name="wantsLogits">False saves the output product where only the cache matters.</param>
    /// <param name="cancellation">Looked at between passes of at most <see cref="InferenceState.BatchMax"/> tokens.</param>
    /// <returns>Logits after the last token, (vocab), valid until the next call; empty without wantsLogits.</returns>
    /// <exception cref="ArgumentException">A token or position is out of range.</exception>
    public ReadOnlySpan<float> Forward(
        InferenceState state,
        ReadOnlySpan<int> tokens,
        int position,
        bool wantsLogits = true,
        CancellationToken cancellation = default
    )
    {
        Check(state, tokens, position);
        _state = state;
        for (var done = 0; done < tokens.Length; done += _tokens)
        {
            cancellation.ThrowIfCancellationRequested();
            _tokens = Math.Min(state.Batch, tokens.Length - done);
            _position = position + done;
            _wantsLogits = wantsLogits && done + _tokens == tokens.Length;
            for (var t = 0; t < _tokens; t++)
            {
                MatrixProduct.ReadRow(
                    _weights.TokenEmbedding,
                    tokens[done + t],
                    state.Residual + ((long)t * _config.Dim)
                );
                SetAngles(state.CosSin + ((long)t * _config.RopeDim), _position + t);
            }
            _team.Run(this);
            state.Length = _position + _tokens;
        }
        return wantsLogits ? new ReadOnlySpan<float>(state.Logits, _config.VocabSize) : [];
    }

    /// <summary>One thread's walk through all layers.</summary>
    void ITeamWork.Run(int part)
    {
        var s = _state;
        var scratch = s.Scratch + ((long)part * s.ScratchStride);
        for (var l = 0; l < _weights.Layers.Count; l++)
        {
            var layer = _weights.Layers[l];
            var products = _products[l];

            Normalize(part, layer.AttentionNorm, products.AttentionQuants);
            _team.Barrier();
            Product(part, products.Query, layer.Query, s.Normed, _tokens, s.Query, scratch);
            Product(part, products.Key, layer.Key, s.Normed, _tokens, s.Key, scratch);
            Product(part, products.Value, layer.Value, s.Normed, _tokens, s.Value, scratch);
            _team.Barrier();
            RotateAndStore(part, l);
            _team.Barrier();
            Attend(part, l, scratch);
            _team.Barrier();
            if (products.AttendedQuants)
            {
                Quantize(part, s.Attended, _config.QueryDim);
                _team.Barrier();
            }
            Product(part, products.AttentionOutput, layer.AttentionOutput, s.Attended, _tokens, s.Delta, scratch);
            _team.Barrier();

            AddDelta(part);
            Normalize(part, layer.FeedForwardNorm, products.FeedForwardQuants);
            _team.Barrier();
            Product(part, products.Gate, layer.Gate, s.Normed, _tokens, s.Gate.Values, scratch);
            Product(part, products.Up, layer.Up, s.Normed, _tokens, s.Up, scratch);
            SwiGlu(part, products.HiddenQuants);
            _team.Barrier();
            Product(part, products.Down, layer.Down, s.Gate, _tokens, s.Delta, scratch);
            _team.Barrier();
            AddDelta(part);
        }
        if (_wantsLogits)
            ComputeLogits(part, scratch);
    }

    /// <summary>This thread's tokens: Normed = rmsnorm(Residual), and its quantised form where products read that.</summary>
    private void Normalize(int part, float[] weight, bool quants)
    {
        var dim = _config.Dim;
        var (first, end) = _team.Share(part, _tokens, 1);
        for (var t = first; t < end; t++)
        {
            var target = _state.Normed.Values + ((long)t * dim);
            Elementwise.RmsNorm(_state.Residual + ((long)t * dim), weight, _config.NormEpsilon, target, dim, _set);
            if (quants)
                QuantizeRow(_state.Normed, t, dim);
        }
    }

    /// <summary>This thread's rows of one product.</summary>
    private void Product(
        int part,
        RowsProduct product,
        in Matrix w,
        in ActivationRows x,
        int tokens,
        float* output,
        float* scratch
    )
    {
        var (first, end) = _team.Share(part, w.Rows, Quantizer.GroupSize);
        var job = new ProductJob
        {
            W = w,
            X = x,
            Tokens = tokens,
            Output = output,
            OutputStride = w.Rows,
            Scratch = scratch,
        };
        product(job, first, end);
    }

    /// <summary>This thread's tokens: rotate queries and keys, copy keys and values into the cache.</summary>
    private void RotateAndStore(int part, int layer)
    {
        var s = _state;
        var head = _config.HeadDim;
        var pairs = _config.RopeDim / 2;
        var (first, end) = _team.Share(part, _tokens, 1);
        for (var t = first; t < end; t++)
        {
            var angles = s.CosSin + ((long)t * _config.RopeDim);
            for (var h = 0; h < _config.Heads; h++)
                Elementwise.Rope(s.Query + ((long)t * _config.QueryDim) + (h * head), angles, pairs);
            for (var h = 0; h < _config.KvHeads; h++)
            {
                var source = ((long)t * _config.KvDim) + (h * head);
                Elementwise.Rope(s.Key + source, angles, pairs);
                var (keys, values) = s.CacheStart(layer, h);
                Attention.Store(
                    s.Key + source,
                    s.Value + source,
                    head,
                    _position + t,
                    s.Keys + keys,
                    s.Values + values
                );
            }
        }
    }

    /// <summary>This thread's share of the heads, a few tokens at a time: Attended = softmax(q k / sqrt(head)) v over the
    /// positions up to each token.</summary>
    private void Attend(int part, int layer, float* scores)
    {
        var s = _state;
        var head = _config.HeadDim;
        var group = _config.Heads / _config.KvHeads;
        var tiles = (_tokens + Attention.QueriesMax - 1) / Attention.QueriesMax;
        var (first, end) = _team.Share(part, tiles * _config.Heads, 1);
        for (var item = first; item < end; item++)
        {
            var h = item / tiles;
            var t = item % tiles * Attention.QueriesMax;
            var queries = Math.Min(Attention.QueriesMax, _tokens - t);
            var (keys, values) = s.CacheStart(layer, h / group);
            var row = ((long)t * _config.QueryDim) + (h * head);
            Attention.Run(
                s.Query + row,
                queries,
                _config.QueryDim,
                _position + t,
                s.Keys + keys,
                s.Values + values,
                head,
                scores,
                s.Attended.Values + row
            );
        }
    }

    /// <summary>This thread's own columns of the hidden layer, all tokens: no barrier is needed after the products.</summary>
    private void SwiGlu(int part, bool quants)
    {
        var s = _state;
        var hidden = _config.HiddenDim;
        var (first, end) = _team.Share(part, hidden, Quantizer.GroupSize);
        for (var t = 0; t < _tokens; t++)
        {
            var row = ((long)t * hidden) + first;
            Elementwise.SwiGlu(s.Gate.Values + row, s.Up + row, end - first);
            if (quants)
            {
                var scales = s.Gate.Scales + ((((long)t * hidden) + first) / Quantizer.GroupSize);
                Quantizer.Quantize(s.Gate.Values + row, end - first, s.Gate.Quants + row, scales);
            }
        }
    }

    /// <summary>This thread's tokens: Residual += Delta.</summary>
    private void AddDelta(int part)
    {
        var dim = _config.Dim;
        var (first, end) = _team.Share(part, _tokens, 1);
        for (var t = first; t < end; t++)
            Elementwise.Add(_state.Residual + ((long)t * dim), _state.Delta + ((long)t * dim), dim);
    }

    private void Quantize(int part, in ActivationRows rows, int width)
    {
        var (first, end) = _team.Share(part, _tokens, 1);
        for (var t = first; t < end; t++)
            QuantizeRow(rows, t, width);
    }

    /// <summary>Logits of the last token only. Its Residual row was finished by the thread that owns the last token.</summary>
    private void ComputeLogits(int part, float* scratch)
    {
        var dim = _config.Dim;
        var last = _tokens - 1;
        var (first, end) = _team.Share(part, _tokens, 1);
        if (first <= last && last < end)
        {
            var residual = _state.Residual + ((long)last * dim);
            Elementwise.RmsNorm(residual, _weights.OutputNorm, _config.NormEpsilon, _state.Normed.Values, dim, _set);
            if (_outputQuants)
                QuantizeRow(_state.Normed, 0, dim);
        }
        _team.Barrier();
        Product(part, _outputProduct, _weights.Output, _state.Normed, 1, _state.Logits, scratch);
    }

    private static void QuantizeRow(in ActivationRows rows, int token, int width)
    {
        var start = (long)token * width;
        Quantizer.Quantize(
            rows.Values + start,
            width,
            rows.Quants + start,
            rows.Scales + (start / Quantizer.GroupSize)
        );
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

    private void Check(InferenceState state, ReadOnlySpan<int> tokens, int position)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("the forward pass needs at least one token", nameof(tokens));
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

    /// <summary>The products of one layer, and which of its inputs they read quantised.</summary>
    private sealed class LayerProducts(LayerWeights layer, InstructionSet set)
    {
        public RowsProduct Query { get; } = MatrixProduct.Choose(layer.Query.Type, set);
        public RowsProduct Key { get; } = MatrixProduct.Choose(layer.Key.Type, set);
        public RowsProduct Value { get; } = MatrixProduct.Choose(layer.Value.Type, set);
        public RowsProduct AttentionOutput { get; } = MatrixProduct.Choose(layer.AttentionOutput.Type, set);
        public RowsProduct Gate { get; } = MatrixProduct.Choose(layer.Gate.Type, set);
        public RowsProduct Up { get; } = MatrixProduct.Choose(layer.Up.Type, set);
        public RowsProduct Down { get; } = MatrixProduct.Choose(layer.Down.Type, set);

        public bool AttentionQuants { get; } = AnyReadsQuants(layer.Query, layer.Key, layer.Value);
        public bool AttendedQuants { get; } = AnyReadsQuants(layer.AttentionOutput);
        public bool FeedForwardQuants { get; } = AnyReadsQuants(layer.Gate, layer.Up);
        public bool HiddenQuants { get; } = AnyReadsQuants(layer.Down);

        private static bool AnyReadsQuants(params ReadOnlySpan<Matrix> matrices)
        {
            foreach (var matrix in matrices)
            {
                if (MatrixProduct.ReadsQuants(matrix.Type))
                    return true;
            }
            return false;
        }
    }
}
