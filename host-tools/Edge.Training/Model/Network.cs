using Edge.Inference;
using Edge.Training.Kernels;

namespace Edge.Training.Model;

/// <summary>
/// A Llama-family transformer that can learn: the same shapes and formulas as the engine's, forward and backward by
/// hand. This page is the whole mathematics; everything below it is a kernel.
/// </summary>
internal sealed unsafe class Network : IDisposable
{
    private readonly Compute _compute;
    private readonly FloatArena _arena;
    private readonly Activations _activations;
    private readonly Dictionary<int, Attention> _attentions = [];
    private readonly Rotary _rotary;
    private readonly int[] _judgedAt;
    private readonly int[] _targets;
    private readonly float[] _weights;

    /// <param name="positions">Most of a batch.</param>
    /// <param name="length">Most positions of a row.</param>
    /// <param name="threads">1 or more; changes no result.</param>
    /// <exception cref="InsufficientMemoryException">It does not fit: see <see cref="Bytes"/>.</exception>
    public Network(ModelConfig config, int positions, int length, int threads)
    {
        Config = config;
        Layout = new ParameterLayout(config);
        _compute = new Compute(threads, ScratchFloats(config, length));
        _arena = new FloatArena([Layout.Length, Layout.Length], "for the weights and their gradients");
        Weights = _arena.Take(Layout.Length);
        Gradients = _arena.Take(Layout.Length);
        _activations = new Activations(config, positions);
        _rotary = new Rotary(length, config.RopeDim, config.RopeTheta);
        _judgedAt = new int[positions];
        _targets = new int[positions];
        _weights = new float[positions];
    }

    public ModelConfig Config { get; }

    public ParameterLayout Layout { get; }

    /// <summary>(Layout.Length).</summary>
    public float* Weights { get; }

    /// <summary>(Layout.Length): <see cref="Learn"/> adds to them.</summary>
    public float* Gradients { get; }

    public Compute Compute => _compute;

    /// <summary>Bytes of weights, gradients and activations.</summary>
    public static long Bytes(ModelConfig config, int positions, int length, int threads) =>
        (2 * FloatArena.Padded(new ParameterLayout(config).Length) * sizeof(float))
        + Activations.Bytes(config, positions)
        + (threads * ScratchFloats(config, length) * sizeof(float));

    /// <summary>Sum of the losses of all judged positions, each times its weight, in nats. Adds their gradients, times
    /// <paramref name="scale"/>.</summary>
    public double Learn(Batch batch, float scale)
    {
        Forward(batch);
        var loss = Judge(batch, scale);
        Backward(batch);
        return loss;
    }

    /// <summary>Sum of the losses of all judged positions, each times its weight, in nats.</summary>
    public double Loss(Batch batch)
    {
        Forward(batch);
        return Judge(batch, null);
    }

    /// <summary>(positions, vocab): for comparing with the engine.</summary>
    public float[] Logits(Batch batch)
    {
        Forward(batch);
        var vocab = Config.VocabSize;
        var logits = new float[(long)batch.Positions * vocab];
        fixed (float* to = logits)
            MatrixProduct.Multiply(
                _compute,
                new(_activations.OutputNorm, batch.Positions, Config.Dim),
                Output(Weights).Transposed,
                new(to, batch.Positions, vocab)
            );
        return logits;
    }

    public void ClearGradients() => _compute.Clear(Gradients, Layout.Length);

    public void Dispose()
    {
        _compute.Dispose();
        _activations.Dispose();
        _arena.Dispose();
    }

    private void Forward(Batch batch)
    {
        var positions = batch.Positions;
        Embedding.Forward(_compute, At("token_embd.weight"), batch.Inputs, _activations.Layers[0].Input, Config.Dim);
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            var x = _activations.Layers[layer];
            var next = layer + 1 < Config.Layers ? _activations.Layers[layer + 1].Input : _activations.Output;

            Norm(x.Input, $"blk.{layer}.attn_norm.weight", x.AttentionNorm, x.AttentionInverse, positions);
            Linear(x.AttentionNorm, $"blk.{layer}.attn_q.weight", QkvDim, Config.Dim, x.Qkv, positions);
            Turn(batch, x.Qkv, back: false);
            AttentionOf(batch).Forward(_compute, batch, x.Qkv, x.Mixed, x.SoftmaxSums);
            Copy(x.Input, x.Middle, positions);
            Linear(x.Mixed, $"blk.{layer}.attn_output.weight", Config.Dim, Config.QueryDim, x.Middle, positions, true);

            Norm(x.Middle, $"blk.{layer}.ffn_norm.weight", x.FeedNorm, x.FeedInverse, positions);
            Linear(x.FeedNorm, $"blk.{layer}.ffn_gate.weight", 2 * Config.HiddenDim, Config.Dim, x.GateUp, positions);
            SwiGlu.Forward(_compute, x.GateUp, x.Act, positions, Config.HiddenDim);
            Copy(x.Middle, next, positions);
            Linear(x.Act, $"blk.{layer}.ffn_down.weight", Config.Dim, Config.HiddenDim, next, positions, true);
        }
        Norm(_activations.Output, "output_norm.weight", _activations.OutputNorm, _activations.OutputInverse, positions);
    }

    /// <summary>Losses where there is a target and, with a scale, the gradient of the normed output in Branch.</summary>
    private double Judge(Batch batch, float? scale)
    {
        var dim = Config.Dim;
        var judged = Gather(batch);
        var scales = stackalloc float[Activations.LogitRows];
        fixed (int* targets = _targets)
        {
            for (var first = 0; first < judged; first += Activations.LogitRows)
            {
                var rows = Math.Min(Activations.LogitRows, judged - first);
                var x = new MatrixView(_activations.Judged + ((long)first * dim), rows, dim);
                var step = Activations.LogitStep(Config);
                var logits = new MatrixView(_activations.Logits, rows, Config.VocabSize, step);
                MatrixProduct.Multiply(_compute, x, Output(Weights).Transposed, logits);
                var losses = _activations.Losses + first;
                for (var i = 0; i < rows; i++)
                    scales[i] = _weights[first + i] * (scale ?? 0);
                CrossEntropy.Run(
                    _compute,
                    logits.Data,
                    step,
                    targets + first,
                    losses,
                    rows,
                    Config.VocabSize,
                    scale is null ? null : scales
                );
                if (scale is null)
                    continue;
                MatrixProduct.Multiply(_compute, logits.Transposed, x, Output(Gradients), add: true);
                MatrixProduct.Multiply(_compute, logits, Output(Weights), x);
            }
        }
        if (scale is not null)
            Scatter(batch.Positions, judged);
        var sum = 0.0;
        for (var i = 0; i < judged; i++)
            sum += _weights[i] * (double)_activations.Losses[i];
        return sum;
    }

    private void Backward(Batch batch)
    {
        var positions = batch.Positions;
        var d = _activations.Gradient;
        var branch = _activations.Branch;
        _compute.Clear(d, (long)positions * Config.Dim);
        NormBack(_activations.Output, "output_norm.weight", _activations.OutputInverse, branch, d, positions);
        for (var layer = Config.Layers - 1; layer >= 0; layer--)
        {
            var x = _activations.Layers[layer];
            var (hidden, act) = (Config.HiddenDim, $"blk.{layer}.ffn_down.weight");
            LinearBack(x.Act, act, Config.Dim, hidden, d, _activations.ActGradient, positions);
            SwiGlu.Backward(_compute, x.GateUp, _activations.ActGradient, positions, hidden);
            LinearBack(x.FeedNorm, $"blk.{layer}.ffn_gate.weight", 2 * hidden, Config.Dim, x.GateUp, branch, positions);
            NormBack(x.Middle, $"blk.{layer}.ffn_norm.weight", x.FeedInverse, branch, d, positions);

            LinearBack(x.Mixed, $"blk.{layer}.attn_output.weight", Config.Dim, Config.QueryDim, d, branch, positions);
            AttentionOf(batch)
                .Backward(_compute, batch, x.Qkv, x.Mixed, x.SoftmaxSums, branch, _activations.QkvGradient);
            Turn(batch, _activations.QkvGradient, back: true);
            LinearBack(
                x.AttentionNorm,
                $"blk.{layer}.attn_q.weight",
                QkvDim,
                Config.Dim,
                _activations.QkvGradient,
                branch,
                positions
            );
            NormBack(x.Input, $"blk.{layer}.attn_norm.weight", x.AttentionInverse, branch, d, positions);
        }
        Embedding.Backward(_compute, batch.Inputs, d, GradientAt("token_embd.weight"), Config.Dim);
    }

    private int QkvDim => Config.QueryDim + (2 * Config.KvDim);

    private float* At(string name) => Weights + Layout[name].Offset;

    private float* GradientAt(string name) => Gradients + Layout[name].Offset;

    /// <summary>(vocab, dim): the output matrix inside the weights or the gradients.</summary>
    private MatrixView Output(float* parameters) =>
        new(
            parameters + Layout[Config.TiedOutput ? "token_embd.weight" : "output.weight"].Offset,
            Config.VocabSize,
            Config.Dim
        );

    private void Norm(float* x, string weight, float* y, float* inverse, int rows) =>
        RmsNorm.Forward(_compute, x, At(weight), y, inverse, rows, Config.Dim, Config.NormEpsilon);

    private void NormBack(float* x, string weight, float* inverse, float* dy, float* dx, int rows) =>
        RmsNorm.Backward(_compute, x, At(weight), inverse, dy, dx, GradientAt(weight), rows, Config.Dim);

    /// <summary>y = or += x Wt; W begins at the named tensor and may run over its neighbours.</summary>
    private void Linear(float* x, string weight, int outputs, int inputs, float* y, int rows, bool add = false) =>
        MatrixProduct.Multiply(
            _compute,
            new(x, rows, inputs),
            new MatrixView(At(weight), outputs, inputs).Transposed,
            new(y, rows, outputs),
            add
        );

    /// <summary>dx = dy W, dW += dyt x.</summary>
    private void LinearBack(float* x, string weight, int outputs, int inputs, float* dy, float* dx, int rows)
    {
        var gradient = new MatrixView(dy, rows, outputs);
        MatrixProduct.Multiply(
            _compute,
            gradient.Transposed,
            new(x, rows, inputs),
            new(GradientAt(weight), outputs, inputs),
            add: true
        );
        MatrixProduct.Multiply(_compute, gradient, new(At(weight), outputs, inputs), new(dx, rows, inputs));
    }

    private Attention AttentionOf(Batch batch)
    {
        if (!_attentions.TryGetValue(batch.Length, out var attention))
            _attentions[batch.Length] = attention = new Attention(Config, batch.Length);
        return attention;
    }

    private void Turn(Batch batch, float* qkv, bool back) =>
        _rotary.Turn(
            _compute,
            qkv,
            QkvDim,
            batch.Positions,
            Config.Heads + Config.KvHeads,
            Config.HeadDim,
            row => (row % batch.Length) - batch.Starts[row],
            back
        );

    private void Copy(float* from, float* to, int positions) => _compute.Copy(from, to, (long)positions * Config.Dim);

    /// <summary>Puts the judged rows of the normed output side by side; returns how many there are.</summary>
    private int Gather(Batch batch)
    {
        var judged = 0;
        for (var i = 0; i < batch.Positions; i++)
        {
            if (batch.Targets[i] == Batch.NoTarget)
                continue;
            _judgedAt[judged] = i;
            _weights[judged] = batch.Weights[i];
            _targets[judged++] = batch.Targets[i];
        }
        CopyRows(_activations.OutputNorm, _activations.Judged, judged, gather: true);
        return judged;
    }

    /// <summary>Puts the gradients of the judged rows back where they came from, zeros elsewhere.</summary>
    private void Scatter(int positions, int judged)
    {
        _compute.Clear(_activations.Branch, (long)positions * Config.Dim);
        CopyRows(_activations.Judged, _activations.Branch, judged, gather: false);
    }

    private void CopyRows(float* from, float* to, int judged, bool gather)
    {
        const int RowBlock = 64;
        long dim = Config.Dim;
        _compute.For(
            (judged + RowBlock - 1) / RowBlock,
            (block, _) =>
            {
                for (var i = block * RowBlock; i < Math.Min(judged, (block + 1) * RowBlock); i++)
                {
                    var source = from + (dim * (gather ? _judgedAt[i] : i));
                    var target = to + (dim * (gather ? i : _judgedAt[i]));
                    new ReadOnlySpan<float>(source, Config.Dim).CopyTo(new Span<float>(target, Config.Dim));
                }
            }
        );
    }

    private static long ScratchFloats(ModelConfig config, int length) =>
        Math.Max(Attention.ScratchFloats(config, length), Math.Max(1 << 15, config.Dim));
}
