using System.Runtime.CompilerServices;
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

    private void Embed(int token, int row) =>
        MatrixProduct.ReadRow(_weights.TokenEmbedding, token, _state.Residual + ((long)row * _config.Dim));

    private void Meet(bool alone)
    {
        if (!alone)
            _team.Barrier();
    }

    /// <summary>This thread's rows: Normed = rmsnorm(Residual), and its quantised form where products read that.</summary>
    private void Normalize(int part, float[] weight, bool quants)
    {
        if (_tokens == 1)
        {
            Normalize(part, _state.Normed.Row(part, _config.Dim), 0, weight, quants);
            return;
        }
        var (first, end) = _team.Share(part, _tokens, 1);
        for (var row = first; row < end; row++)
            Normalize(row, _state.Normed, row, weight, quants);
    }

    private void Normalize(int from, in Activations to, int row, float[] weight, bool quants)
    {
        var dim = _config.Dim;
        var target = to.Values + ((long)row * dim);
        Elementwise.RmsNorm(_state.Residual + ((long)from * dim), weight, _config.NormEpsilon, target, dim, _set);
        if (quants)
            to.Quantize(row, dim, 0, dim);
    }

    /// <summary>One product: of a single token this thread's share of the rows, of several one piece after the other until
    /// none is left.</summary>
    private void Product(
        int part,
        int phase,
        RowsProduct product,
        in Matrix w,
        in Activations x,
        int tokens,
        float* output,
        float* scratch
    )
    {
        var job = new ProductJob
        {
            W = w,
            X = x,
            Tokens = tokens,
            Output = output,
            OutputStride = w.Rows,
            Scratch = scratch,
        };
        if (tokens == 1)
        {
            var (first, end) = _team.Share(part, w.Rows, PieceRows);
            product(job, first, end);
            return;
        }
        while (Take(phase, w.Rows, PieceRows, out var from, out var to))
            product(job, from, to);
    }

    /// <summary>silu(gate) * up, quantised where the next product reads that: each thread finishes the columns whose gate and up
    /// it computed, so that they need not meet in between.</summary>
    private void Hidden(
        int part,
        int phase,
        LayerWeights layer,
        LayerProducts products,
        in Activations x,
        in Activations hidden,
        float* scratch
    )
    {
        var gate = new ProductJob
        {
            W = layer.Gate,
            X = x,
            Tokens = _tokens,
            Output = _state.Gate.Values,
            OutputStride = layer.Gate.Rows,
            Scratch = scratch,
        };
        var up = gate with { W = layer.Up, Output = _state.Up };
        if (_tokens == 1)
        {
            var (first, end) = _team.Share(part, _config.HiddenDim, PieceRows);
            products.Gate(gate, first, end);
            products.Up(up, first, end);
            SwiGlu(hidden, first, end, products.HiddenQuants);
            return;
        }
        while (Take(phase, _config.HiddenDim, PieceRows, out var from, out var to))
        {
            products.Gate(gate, from, to);
            products.Up(up, from, to);
            SwiGlu(hidden, from, to, products.HiddenQuants);
        }
    }

    /// <summary>The next piece of a phase: items <paramref name="first"/> to <paramref name="end"/> - 1; false when all are
    /// taken.</summary>
    private bool Take(int phase, int count, int piece, out int first, out int end)
    {
        first = (Interlocked.Increment(ref _taken[phase]) - 1) * piece;
        end = Math.Min(first + piece, count);
        return first < count;
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
                Attention.Store(s.Cache(layer, h), s.Key + source, s.Value + source, head, _position + t);
            }
        }
    }

    /// <summary>One head and a few tokens at a time until none is left: Attended = softmax(q k / sqrt(head)) v over the
    /// positions up to each token.</summary>
    private void Attend(int phase, int layer, float* scratch)
    {
        var s = _state;
        var head = _config.HeadDim;
        var group = _config.Heads / _config.KvHeads;
        var tiles = (_tokens + Attention.QueriesMax - 1) / Attention.QueriesMax;
        while (Take(phase, tiles * _config.Heads, 1, out var item, out _))
        {
            var h = item / tiles;
            var t = item % tiles * Attention.QueriesMax;
            var queries = Math.Min(Attention.QueriesMax, _tokens - t);
            var row = ((long)t * _config.QueryDim) + (h * head);
            var from = s.Query + row;
            var to = s.Attended.Values + row;
            Attention.Run(
                s.Cache(layer, h / group),
                from,
                queries,
                _config.QueryDim,
                _position + t,
                1,
                head,
                scratch,
                to
            );
        }
    }

    /// <summary>The only token: this thread's share of the heads, those that share their keys together. Each thread rotates
    /// and stores the keys that it reads; where two do, they write the same bits.</summary>
    private void AttendOne(int part, int layer, float* scratch)
    {
        var s = _state;
        var head = _config.HeadDim;
        var pairs = _config.RopeDim / 2;
        var group = _config.Heads / _config.KvHeads;
        var key = scratch;
        var (h, end) = _team.Share(part, _config.Heads, 1);
        var stored = -1;
        while (h < end)
        {
            var shared = h / group;
            var cache = s.Cache(layer, shared);
            if (shared != stored)
            {
                Unsafe.CopyBlockUnaligned(key, s.Key + (shared * head), (uint)head * sizeof(float));
                Elementwise.Rope(key, s.CosSin, pairs);
                Attention.Store(cache, key, s.Value + (shared * head), head, _position);
                stored = shared;
            }
            var queries = Math.Min(Math.Min(end, (shared + 1) * group) - h, Attention.QueriesMax);
            for (var q = h; q < h + queries; q++)
                Elementwise.Rope(s.Query + (q * head), s.CosSin, pairs);
            var at = h * head;
            var from = s.Query + at;
            var to = s.Attended.Values + at;
            Attention.Run(cache, from, queries, head, _position, 0, head, scratch + head, to);
            h += queries;
        }
    }

    /// <summary>Columns first to end - 1 of the hidden layer, all tokens.</summary>
    private void SwiGlu(in Activations hidden, int first, int end, bool quants)
    {
        var width = _config.HiddenDim;
        for (var t = 0; t < _tokens; t++)
        {
            var at = ((long)t * width) + first;
            Elementwise.SwiGlu(hidden.Values + at, _state.Up + at, end - first);
            if (quants)
                hidden.Quantize(t, width, first, end - first);
        }
    }

    /// <summary>This thread's rows: Residual += Delta.</summary>
    private void AddDelta(int part)
    {
        var dim = _config.Dim;
        if (_tokens == 1)
        {
            Elementwise.Add(_state.Residual + ((long)part * dim), _state.Delta, dim);
            return;
        }
        var (first, end) = _team.Share(part, _tokens, 1);
        for (var row = first; row < end; row++)
            Elementwise.Add(_state.Residual + ((long)row * dim), _state.Delta + ((long)row * dim), dim);
    }

    /// <summary>Quantises rows for a product that reads them so: this thread's share and a barrier, or, of a single token,
    /// the whole row into a place of its own.</summary>
    private Activations Quantize(int part, in Activations rows, int width, bool quants)
    {
        if (!quants)
            return rows;
        if (_tokens == 1)
        {
            var own = rows.Row(part, width) with { Values = rows.Values };
            own.Quantize(0, width, 0, width);
            return own;
        }
        var (first, end) = _team.Share(part, _tokens, 1);
        for (var t = first; t < end; t++)
            rows.Quantize(t, width, 0, width);
        _team.Barrier();
        return rows;
    }

    /// <summary>Logits of the last tokens.</summary>
    private void ComputeLogits(int part, float* scratch)
    {
        if (_tokens == 1)
        {
            var own = _state.Normed.Row(part, _config.Dim);
            Normalize(part, own, 0, _weights.OutputNorm, _outputQuants);
            Product(part, _taken.Length - 1, _outputProduct, _weights.Output, own, 1, _state.Logits, scratch);
            return;
        }
        // The rows were finished by the threads that own them, and Normed is read by none after this barrier.
        _team.Barrier();
        var (first, end) = _team.Share(part, _logitRows, 1);
        var normed = _logitRows == 1 ? _state.Normed.Row(0, _config.Dim) : _state.Normed;
        for (var row = first; row < end; row++)
            Normalize(_tokens - _logitRows + row, normed, row, _weights.OutputNorm, _outputQuants);
        _team.Barrier();
        var (output, last) = (_weights.Output, _taken.Length - 1);
        Product(part, last, _outputProduct, output, normed, _logitRows, _state.Logits, scratch);
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
