using System.Runtime.CompilerServices;
using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>The phases of a layer, each as one thread of the team runs it.</summary>
internal sealed unsafe partial class Transformer
{
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
}
