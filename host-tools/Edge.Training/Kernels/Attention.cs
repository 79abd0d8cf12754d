using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Training.Kernels;

/// <summary>
/// Causal attention inside examples. Position t of a row sees the keys Starts[t] to t. Forward keeps only the logarithm
/// of each softmax's sum; backward computes the probabilities again (as FlashAttention does), because reading them back
/// would cost more than multiplying again. With P = softmax(Q Kt / sqrt(d)) and O = P V: dV = Pt dO,
/// dP = dO Vt, dS = P (dP - rowsum(dO O)) / sqrt(d), dQ = dS K, dK = dSt Q.
/// </summary>
internal sealed unsafe class Attention
{
    /// <summary>Queries of a piece: a multiple of the tile's rows.</summary>
    private const int QueryBlock = 48;

    private readonly ModelConfig _config;
    private readonly int _length;
    private readonly int _strips;
    private readonly int _headStrips;

    /// <summary>Floats from row to row of a block of scores; not a power of two, so that rows do not share cache sets.</summary>
    private readonly int _scoreStep;

    private readonly float _scale;
    private readonly long _scratchFloats;

    /// <param name="length">Positions of a row of a batch.</param>
    public Attention(ModelConfig config, int length)
    {
        _config = config;
        _length = length;
        _strips = (length + MatrixProduct.Strip - 1) / MatrixProduct.Strip;
        _headStrips = (config.HeadDim + MatrixProduct.Strip - 1) / MatrixProduct.Strip;
        _scoreStep = (_strips * MatrixProduct.Strip) + 16;
        _scale = 1f / MathF.Sqrt(config.HeadDim);
        _scratchFloats = (2 * KeyPack) + ValuePack + (2 * Scores) + QueryPack + ScorePack;
    }

    /// <summary>Floats of scratch that each thread needs.</summary>
    public static long ScratchFloats(ModelConfig config, int length) => new Attention(config, length)._scratchFloats;

    private long KeyPack => (long)_strips * MatrixProduct.Strip * _config.HeadDim;

    private long ValuePack => (long)_headStrips * MatrixProduct.Strip * _length;

    private long Scores => (long)QueryBlock * _scoreStep;

    private long QueryPack => (long)_headStrips * MatrixProduct.Strip * QueryBlock;

    private long ScorePack => (long)(_length + 96) * QueryBlock;

    /// <param name="qkv">(positions, query heads + 2 key heads, head width): turned queries and keys, values.</param>
    /// <param name="output">(positions, query heads, head width).</param>
    /// <param name="sums">(query heads, positions): logarithms of the softmax sums.</param>
    public void Forward(Compute compute, Batch batch, float* qkv, float* output, float* sums) =>
        compute.For(
            batch.Rows * _config.KvHeads,
            (piece, thread) =>
            {
                var scratch = compute.Scratch(thread, _scratchFloats);
                Forward(batch, piece / _config.KvHeads, piece % _config.KvHeads, qkv, output, sums, scratch);
            }
        );

    /// <param name="dOutput">(positions, query heads, head width).</param>
    /// <param name="dQkv">As qkv; overwritten.</param>
    public void Backward(
        Compute compute,
        Batch batch,
        float* qkv,
        float* output,
        float* sums,
        float* dOutput,
        float* dQkv
    ) =>
        compute.For(
            batch.Rows * _config.KvHeads,
            (piece, thread) =>
            {
                var scratch = compute.Scratch(thread, _scratchFloats);
                var (row, group) = (piece / _config.KvHeads, piece % _config.KvHeads);
                Backward(batch, row, group, qkv, output, sums, dOutput, dQkv, scratch);
            }
        );

    private void Forward(Batch batch, int row, int group, float* qkv, float* output, float* sums, float* scratch)
    {
        var keys = scratch;
        var values = keys + KeyPack;
        var scores = values + ValuePack;
        PackInner(Keys(qkv, row, group).Transposed, keys);
        PackInner(Values(qkv, row, group), values);
        for (var head = group * GroupSize; head < (group + 1) * GroupSize; head++)
        {
            var q = Head(qkv, row, head, QkvStep);
            var o = Head(output, row, head, _config.QueryDim);
            var logs = sums + ((long)head * batch.Positions) + ((long)row * _length);
            for (var first = 0; first < _length; first += QueryBlock)
            {
                var block = BlockAt(batch, row, first);
                Score(q, QkvStep, keys, block, scores);
                for (var i = 0; i < block.Queries; i++)
                {
                    var (from, count) = Seen(batch, row, first + i, block);
                    logs[first + i] = Softmax(scores + ((long)i * _scoreStep), from, count, block.Keys);
                }
                Weigh(scores, values, block, o, _config.QueryDim);
            }
        }
    }

    private void Backward(
        Batch batch,
        int row,
        int group,
        float* qkv,
        float* output,
        float* sums,
        float* dOutput,
        float* dQkv,
        float* scratch
    )
    {
        var keys = scratch;
        var values = keys + KeyPack;
        var keysDown = values + KeyPack;
        var scores = keysDown + ValuePack;
        var dScores = scores + Scores;
        var small = dScores + Scores;
        PackInner(Keys(qkv, row, group).Transposed, keys);
        PackInner(Values(qkv, row, group).Transposed, values);
        PackInner(Keys(qkv, row, group), keysDown);
        var dKeys = Keys(dQkv, row, group);
        var dValues = Values(dQkv, row, group);
        Clear(dKeys);
        Clear(dValues);
        for (var head = group * GroupSize; head < (group + 1) * GroupSize; head++)
        {
            var q = Head(qkv, row, head, QkvStep);
            var dQ = Head(dQkv, row, head, QkvStep);
            var o = Head(output, row, head, _config.QueryDim);
            var dO = Head(dOutput, row, head, _config.QueryDim);
            var logs = sums + ((long)head * batch.Positions) + ((long)row * _length);
            for (var first = 0; first < _length; first += QueryBlock)
            {
                var block = BlockAt(batch, row, first);
                Score(q, QkvStep, keys, block, scores);
                Score(dO, _config.QueryDim, values, block, dScores);
                for (var i = 0; i < block.Queries; i++)
                {
                    var at = (long)(first + i) * _config.QueryDim;
                    var balance = TensorPrimitives.Dot<float>(
                        new ReadOnlySpan<float>(dO + at, _config.HeadDim),
                        new ReadOnlySpan<float>(o + at, _config.HeadDim)
                    );
                    var (from, count) = Seen(batch, row, first + i, block);
                    var p = scores + ((long)i * _scoreStep);
                    SoftmaxBack(p, dScores + ((long)i * _scoreStep), from, count, block.Keys, logs[first + i], balance);
                }
                Weigh(dScores, keysDown, block, dQ, QkvStep);
                Spread(dScores, q, QkvStep, block, dKeys, small);
                Spread(scores, dO, _config.QueryDim, block, dValues, small);
            }
        }
    }

    /// <summary>scores (queries, keys) = rows of x times the packed columns.</summary>
    private void Score(float* x, nint step, float* packed, KeyBlock block, float* scores)
    {
        var rows = new MatrixProduct.TileRows(x + (block.First * step), block.Queries, MatrixTile.Rows * step, step, 1);
        var (strip, headDim) = (MatrixProduct.Strip, _config.HeadDim);
        var from = packed + ((nint)(block.FirstKey / strip) * strip * headDim);
        // Strips are whole and the score rows wide enough: the columns beyond the last key are cleared later.
        var strips = (block.Keys + strip - 1) / strip;
        MatrixProduct.Block(
            rows,
            headDim,
            from,
            strip * headDim,
            0,
            strips,
            scores,
            _scoreStep,
            strips * strip,
            add: false
        );
    }

    /// <summary>rows of x = scores (queries, keys) times the packed (keys, head width).</summary>
    private void Weigh(float* scores, float* packed, KeyBlock block, float* x, nint step)
    {
        var rows = new MatrixProduct.TileRows(scores, block.Queries, (nint)MatrixTile.Rows * _scoreStep, _scoreStep, 1);
        var strip = MatrixProduct.Strip;
        MatrixProduct.Block(
            rows,
            block.Keys,
            packed + ((nint)block.FirstKey * strip),
            (nint)strip * _length,
            0,
            _headStrips,
            x + (block.First * step),
            step,
            _config.HeadDim,
            add: false
        );
    }

    /// <summary>y (keys, head width) += scores transposed times the block's rows of x.</summary>
    private void Spread(float* scores, float* x, nint step, KeyBlock block, MatrixView y, float* small)
    {
        var a = new MatrixView(scores, block.Queries, block.Keys, _scoreStep).Transposed;
        var b = new MatrixView(x + (block.First * step), block.Queries, _config.HeadDim, step);
        var c = new MatrixView(y.Data + (block.FirstKey * y.RowStep), block.Keys, _config.HeadDim, y.RowStep);
        MatrixProduct.MultiplyHere(a, b, c, add: true, small);
    }

    /// <summary>Turns scores into probabilities; what is not seen becomes 0. Returns log(sum(exp(score / sqrt(d)))).</summary>
    private float Softmax(float* scores, int from, int count, int keys)
    {
        var seen = new Span<float>(scores + from, count);
        var max = TensorPrimitives.Max<float>(seen) * _scale;
        var sum = Exponentials(scores + from, count, max);
        TensorPrimitives.Multiply(seen, 1f / sum, seen);
        new Span<float>(scores, from).Clear();
        new Span<float>(scores + from + count, keys - from - count).Clear();
        return MathF.Log(sum) + max;
    }

    /// <summary>scores become probabilities again, dScores their gradients; 0 where nothing is seen.</summary>
    private void SoftmaxBack(float* scores, float* dScores, int from, int count, int keys, float log, float balance)
    {
        _ = Exponentials(scores + from, count, log);
        var p = new ReadOnlySpan<float>(scores + from, count);
        var d = new Span<float>(dScores + from, count);
        TensorPrimitives.Subtract(d, balance, d);
        TensorPrimitives.Multiply(d, p, d);
        TensorPrimitives.Multiply(d, _scale, d);
        foreach (var row in (ReadOnlySpan<nint>)[(nint)scores, (nint)dScores])
        {
            new Span<float>((float*)row, from).Clear();
            new Span<float>((float*)row + from + count, keys - from - count).Clear();
        }
    }

    /// <summary>x = exp(x / sqrt(d) - shift), in place; returns the sum.</summary>
    private float Exponentials(float* x, int count, float shift)
    {
        var (scale, less) = (Vector256.Create(_scale), Vector256.Create(shift));
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var e = Elementwise.Exp((Vector256.Load(x + i) * scale) - less);
            e.Store(x + i);
            sums += e;
        }
        var sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            x[i] = Elementwise.Exp((x[i] * _scale) - shift);
            sum += x[i];
        }
        return sum;
    }

    private int GroupSize => _config.Heads / _config.KvHeads;

    private int QkvStep => _config.QueryDim + (2 * _config.KvDim);

    private float* Head(float* data, int row, int head, nint step) =>
        data + ((nint)row * _length * step) + ((nint)head * _config.HeadDim);

    private MatrixView Keys(float* qkv, int row, int group) =>
        new(Head(qkv, row, _config.Heads + group, QkvStep), _length, _config.HeadDim, QkvStep);

    private MatrixView Values(float* qkv, int row, int group) =>
        new(Head(qkv, row, _config.Heads + _config.KvHeads + group, QkvStep), _length, _config.HeadDim, QkvStep);

    /// <summary>All strips of a matrix whose whole inner dimension is one block.</summary>
    private static void PackInner(MatrixView b, float* packed)
    {
        var strips = (b.Columns + MatrixProduct.Strip - 1) / MatrixProduct.Strip;
        for (var strip = 0; strip < strips; strip++)
            MatrixProduct.PackStrip(b, 0, b.Rows, strip, packed);
    }

    private static void Clear(MatrixView view)
    {
        for (var row = 0; row < view.Rows; row++)
            new Span<float>(view.Data + (row * view.RowStep), view.Columns).Clear();
    }

    /// <summary>The queries first.. and every key that one of them sees.</summary>
    private KeyBlock BlockAt(Batch batch, int row, int first)
    {
        var queries = Math.Min(QueryBlock, _length - first);
        var start = batch.Starts.AsSpan((row * _length) + first, queries);
        var firstKey = TensorPrimitives.Min<int>(start) / MatrixProduct.Strip * MatrixProduct.Strip;
        return new KeyBlock(first, queries, firstKey, first + queries - firstKey);
    }

    /// <summary>The keys that a query sees, as places in the block's rows of scores.</summary>
    private (int From, int Count) Seen(Batch batch, int row, int query, KeyBlock block)
    {
        var start = batch.Starts[(row * _length) + query];
        return (start - block.FirstKey, query - start + 1);
    }

    private readonly record struct KeyBlock(int First, int Queries, int FirstKey, int Keys);
}
