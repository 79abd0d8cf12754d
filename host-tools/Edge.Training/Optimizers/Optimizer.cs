using System.Numerics.Tensors;
using Edge.Training.Model;

namespace Edge.Training.Optimizers;

/// <summary>Moves the weights of a network along its gradients. Its state is part of a checkpoint.</summary>
internal sealed unsafe class Optimizer : IDisposable
{
    /// <summary>Floats that are updated or summed at a time: fixed, so that threads change no bit.</summary>
    private const int Piece = 1 << 14;

    private readonly Network _network;
    private readonly FloatArena _arena;
    private readonly Muon? _muon;

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public Optimizer(Network network, OptimizerSettings settings)
    {
        settings.Check();
        _network = network;
        Settings = settings;
        _arena = new FloatArena([Length, Length], "for the optimiser");
        First = _arena.Take(Length);
        Second = _arena.Take(Length);
        if (settings.Kind == OptimizerKind.Muon)
            _muon = new Muon(network, settings);
    }

    public OptimizerSettings Settings { get; }

    /// <summary>Floats of <see cref="First"/> and of <see cref="Second"/>.</summary>
    public long Length => _network.Layout.Length;

    /// <summary>Running means of the gradients; Muon's momentum where it works.</summary>
    public float* First { get; }

    /// <summary>Running means of their squares; unused where Muon works.</summary>
    public float* Second { get; }

    /// <summary>One step.</summary>
    /// <param name="step">1 for the first: Adam's correction of its young means.</param>
    /// <param name="rate">Share of the peak learning rates.</param>
    /// <returns>The norm of the gradient before it was clipped.</returns>
    public double Step(long step, float rate)
    {
        var norm = GradientNorm();
        // A gradient that is not a number must not reach the weights; the caller sees the norm.
        if (!double.IsFinite(norm))
            return norm;
        var clip = (float)Math.Min(1, Settings.ClipNorm / (norm + 1e-12));
        foreach (var parameter in _network.Layout.Parameters)
        {
            if (_muon is not null && parameter.Kind == ParameterKind.Matrix)
                _muon.Step(parameter, First + parameter.Offset, clip, rate * Settings.LearningRate);
            else
                AdamW(parameter, step, clip, rate);
        }
        return norm;
    }

    public void Dispose()
    {
        _arena.Dispose();
        _muon?.Dispose();
    }

    private double GradientNorm()
    {
        var length = _network.Layout.Length;
        var sums = new double[(length + Piece - 1) / Piece];
        _network.Compute.For(
            sums.Length,
            (piece, _) =>
            {
                var first = (long)piece * Piece;
                var part = new ReadOnlySpan<float>(_network.Gradients + first, (int)Math.Min(Piece, length - first));
                sums[piece] = TensorPrimitives.SumOfSquares(part);
            }
        );
        return Math.Sqrt(sums.Sum());
    }

    /// <summary>m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate (m' / (sqrt(v') + eps) + decay w), where m' and v'
    /// are divided by 1 - b^step (Loshchilov and Hutter, "Decoupled weight decay regularization").</summary>
    private void AdamW(Parameter parameter, long step, float clip, float rate)
    {
        var peak = parameter.Kind == ParameterKind.Matrix ? Settings.LearningRate : Settings.TableLearningRate;
        var lr = rate * peak;
        var keep = parameter.Kind == ParameterKind.Vector ? 1f : 1f - (lr * Settings.WeightDecay);
        var firstCorrection = (float)(1 / (1 - Math.Pow(Settings.Beta1, step)));
        var secondCorrection = (float)(1 / (1 - Math.Pow(Settings.Beta2, step)));
        _network.Compute.For(
            (int)((parameter.Length + Piece - 1) / Piece),
            (piece, thread) =>
            {
                var first = parameter.Offset + ((long)piece * Piece);
                var count = (int)Math.Min(Piece, parameter.End - first);
                var w = new Span<float>(_network.Weights + first, count);
                var m = new Span<float>(First + first, count);
                var v = new Span<float>(Second + first, count);
                var g = new Span<float>(_network.Compute.Scratch(thread, 2 * Piece), count);
                var u = new Span<float>(_network.Compute.Scratch(thread, 2 * Piece) + Piece, count);
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(_network.Gradients + first, count), clip, g);
                TensorPrimitives.Multiply(m, Settings.Beta1, m);
                TensorPrimitives.MultiplyAdd(g, 1 - Settings.Beta1, m, m);
                TensorPrimitives.Multiply(g, g, g);
                TensorPrimitives.Multiply(v, Settings.Beta2, v);
                TensorPrimitives.MultiplyAdd(g, 1 - Settings.Beta2, v, v);
                TensorPrimitives.Multiply(v, secondCorrection, u);
                TensorPrimitives.Sqrt(u, u);
                TensorPrimitives.Add(u, Settings.Epsilon, u);
                TensorPrimitives.Divide(m, u, u);
                TensorPrimitives.Multiply(w, keep, w);
                TensorPrimitives.MultiplyAdd(u, -lr * firstCorrection, w, w);
            }
        );
    }
}
