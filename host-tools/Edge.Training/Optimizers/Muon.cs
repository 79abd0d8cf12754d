using System.Numerics.Tensors;
using Edge.Training.Kernels;
using Edge.Training.Model;

namespace Edge.Training.Optimizers;

/// <summary>
/// Momentum whose update is made orthogonal: all directions of a matrix move alike, not only those that gradients favour
/// (Jordan and others, "Muon"). Five rounds of a Newton-Schulz iteration, X = a X + (b A + c A A) X with A = X Xt, bring
/// the singular values near 1. The update is then scaled by 0.2 sqrt(larger side), the size of an Adam update (Liu and
/// others, "Muon is scalable"), so that rates and decay mean the same for both.
/// </summary>
internal sealed unsafe class Muon : IDisposable
{
    private const int Rounds = 5;
    private const float A = 3.4445f,
        B = -4.7750f,
        C = 2.0315f;

    private readonly Network _network;
    private readonly OptimizerSettings _settings;
    private readonly FloatArena _arena;
    private readonly float* _x;
    private readonly float* _next;
    private readonly float* _square;
    private readonly float* _polynomial;

    public Muon(Network network, OptimizerSettings settings)
    {
        _network = network;
        _settings = settings;
        var matrices = network.Layout.Parameters.Where(p => p.Kind == ParameterKind.Matrix).ToList();
        var largest = matrices.Max(p => p.Length);
        var side = matrices.Max(p => Math.Min(p.Rows, p.Columns));
        _arena = new FloatArena([largest, largest, (long)side * side, (long)side * side], "for the optimiser");
        _x = _arena.Take(largest);
        _next = _arena.Take(largest);
        _square = _arena.Take((long)side * side);
        _polynomial = _arena.Take((long)side * side);
    }

    /// <param name="momentum">Of this matrix; updated.</param>
    /// <param name="clip">Factor of the gradient.</param>
    /// <param name="rate">Learning rate of this step.</param>
    public void Step(Parameter parameter, float* momentum, float clip, float rate)
    {
        var count = checked((int)parameter.Length);
        var g = new Span<float>(_network.Gradients + parameter.Offset, count);
        var m = new Span<float>(momentum, count);
        var x = new Span<float>(_x, count);
        TensorPrimitives.Multiply(m, _settings.Momentum, m);
        TensorPrimitives.MultiplyAdd(g, clip, m, m);
        // Nesterov: look where the momentum will be after this gradient.
        TensorPrimitives.Multiply(m, _settings.Momentum, x);
        TensorPrimitives.MultiplyAdd(g, clip, x, x);

        var result = Orthogonal(parameter.Rows, parameter.Columns);
        var w = new Span<float>(_network.Weights + parameter.Offset, count);
        TensorPrimitives.Multiply(w, 1f - (rate * _settings.WeightDecay), w);
        var size = 0.2f * MathF.Sqrt(Math.Max(parameter.Rows, parameter.Columns));
        TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(result, count), -rate * size, w, w);
    }

    public void Dispose() => _arena.Dispose();

    /// <summary>Takes _x (rows, columns) and returns its orthogonal neighbour, in _x or _next.</summary>
    internal float* Orthogonal(int rows, int columns)
    {
        var count = rows * columns;
        var (x, next) = ((nint)_x, (nint)_next);
        var norm = MathF.Sqrt(TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>(_x, count)));
        TensorPrimitives.Multiply(new Span<float>(_x, count), 1f / (norm + 1e-7f), new Span<float>(_x, count));
        var side = Math.Min(rows, columns);
        var square = new MatrixView(_square, side, side);
        var polynomial = new MatrixView(_polynomial, side, side);
        for (var round = 0; round < Rounds; round++)
        {
            // The short side is multiplied with itself; a tall matrix works on its transpose.
            var at = Wide((float*)x, rows, columns);
            MatrixProduct.Multiply(_network.Compute, at, at.Transposed, square);
            MatrixProduct.Multiply(_network.Compute, square, square, polynomial);
            var p = new Span<float>(_polynomial, side * side);
            TensorPrimitives.Multiply(p, C, p);
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(_square, side * side), B, p, p);
            for (var i = 0; i < side; i++)
                p[(i * side) + i] += A;
            var from = new MatrixView((float*)x, rows, columns);
            var to = new MatrixView((float*)next, rows, columns);
            if (rows <= columns)
                MatrixProduct.Multiply(_network.Compute, polynomial, from, to);
            else
                MatrixProduct.Multiply(_network.Compute, from, polynomial, to);
            (x, next) = (next, x);
        }
        return (float*)x;
    }

    private static MatrixView Wide(float* x, int rows, int columns)
    {
        var view = new MatrixView(x, rows, columns);
        return rows <= columns ? view : view.Transposed;
    }
}
