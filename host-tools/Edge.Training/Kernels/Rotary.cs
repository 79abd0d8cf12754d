namespace Edge.Training.Kernels;

/// <summary>
/// Rotary position embedding: the pair (2i, 2i + 1) of a head turns by the angle position * theta^(-2i / width). The way
/// back turns the gradient the other way.
/// </summary>
internal sealed unsafe class Rotary
{
    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly int _pairs;

    /// <param name="width">Elements of a head that turn, even.</param>
    public Rotary(int positions, int width, float theta)
    {
        _pairs = width / 2;
        _cos = new float[positions * _pairs];
        _sin = new float[positions * _pairs];
        for (var position = 0; position < positions; position++)
        for (var pair = 0; pair < _pairs; pair++)
        {
            // As the engine computes it: the frequency in fp64, rounded once.
            var angle = position * Math.Pow(theta, -2.0 * pair / width);
            _cos[(position * _pairs) + pair] = (float)Math.Cos(angle);
            _sin[(position * _pairs) + pair] = (float)Math.Sin(angle);
        }
    }

    /// <summary>Turns neighbouring heads of every row, in place.</summary>
    /// <param name="data">First head of row 0.</param>
    /// <param name="rowStep">Floats from row to row.</param>
    /// <param name="position">Gives the position of a row.</param>
    public void Turn(
        Compute compute,
        float* data,
        nint rowStep,
        int rows,
        int heads,
        int headDim,
        Func<int, int> position,
        bool back
    )
    {
        const int RowBlock = 32;
        compute.For(
            (rows + RowBlock - 1) / RowBlock,
            (block, _) =>
            {
                for (var row = block * RowBlock; row < Math.Min(rows, (block + 1) * RowBlock); row++)
                for (var head = 0; head < heads; head++)
                    Turn(data + (row * rowStep) + (head * headDim), position(row), back);
            }
        );
    }

    private void Turn(float* head, int position, bool back)
    {
        var cosines = _cos.AsSpan(position * _pairs, _pairs);
        var sines = _sin.AsSpan(position * _pairs, _pairs);
        for (var i = 0; i < cosines.Length; i++)
        {
            var (a, b) = (head[2 * i], head[(2 * i) + 1]);
            var (cos, sin) = (cosines[i], back ? -sines[i] : sines[i]);
            head[2 * i] = (a * cos) - (b * sin);
            head[(2 * i) + 1] = (a * sin) + (b * cos);
        }
    }
}
