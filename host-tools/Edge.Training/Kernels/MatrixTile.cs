using System.Runtime.CompilerServices;

namespace Edge.Training.Kernels;

/// <summary>
/// The heart of every matrix product: six rows by two vectors of C, held in twelve registers while the inner dimension
/// runs past. Twelve independent multiply-adds hide their latency on every processor that Edge knows; two loads and six
/// broadcasts a step leave the load ports half idle.
/// </summary>
internal static unsafe class MatrixTile
{
    /// <summary>Rows of C in a tile.</summary>
    public const int Rows = 6;

    /// <summary>C (6, 2 vectors) = or += A (6, inner) times B (inner, 2 vectors).</summary>
    /// <param name="a">First row; row r is at a + rowOffsets[r].</param>
    /// <param name="step">Floats from one element of a row of A to the next.</param>
    /// <param name="b">(inner, 2 vectors), packed.</param>
    /// <param name="columns">Floats from one row of C to the next.</param>
    /// <param name="add">Add to what C holds instead of replacing it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TWide, TVector>(
        int inner,
        float* a,
        nint* rowOffsets,
        nint step,
        float* b,
        float* c,
        nint columns,
        bool add
    )
        where TWide : struct, IWideVector<TVector>
        where TVector : struct
    {
        float* a0 = a + rowOffsets[0],
            a1 = a + rowOffsets[1],
            a2 = a + rowOffsets[2],
            a3 = a + rowOffsets[3],
            a4 = a + rowOffsets[4],
            a5 = a + rowOffsets[5];
        TVector c00 = default,
            c01 = default,
            c10 = default,
            c11 = default,
            c20 = default,
            c21 = default,
            c30 = default,
            c31 = default,
            c40 = default,
            c41 = default,
            c50 = default,
            c51 = default;
        nint at = 0;
        var end = b + ((nint)inner * 2 * TWide.Width);
        while (b < end)
        {
            var b0 = TWide.Load(b);
            var b1 = TWide.Load(b + TWide.Width);
            b += 2 * TWide.Width;
            var x = TWide.Broadcast(a0 + at);
            c00 = TWide.MultiplyAdd(x, b0, c00);
            c01 = TWide.MultiplyAdd(x, b1, c01);
            x = TWide.Broadcast(a1 + at);
            c10 = TWide.MultiplyAdd(x, b0, c10);
            c11 = TWide.MultiplyAdd(x, b1, c11);
            x = TWide.Broadcast(a2 + at);
            c20 = TWide.MultiplyAdd(x, b0, c20);
            c21 = TWide.MultiplyAdd(x, b1, c21);
            x = TWide.Broadcast(a3 + at);
            c30 = TWide.MultiplyAdd(x, b0, c30);
            c31 = TWide.MultiplyAdd(x, b1, c31);
            x = TWide.Broadcast(a4 + at);
            c40 = TWide.MultiplyAdd(x, b0, c40);
            c41 = TWide.MultiplyAdd(x, b1, c41);
            x = TWide.Broadcast(a5 + at);
            c50 = TWide.MultiplyAdd(x, b0, c50);
            c51 = TWide.MultiplyAdd(x, b1, c51);
            at += step;
        }
        Put<TWide, TVector>(c00, c01, c, add);
        Put<TWide, TVector>(c10, c11, c + columns, add);
        Put<TWide, TVector>(c20, c21, c + (2 * columns), add);
        Put<TWide, TVector>(c30, c31, c + (3 * columns), add);
        Put<TWide, TVector>(c40, c41, c + (4 * columns), add);
        Put<TWide, TVector>(c50, c51, c + (5 * columns), add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TWide, TVector>(TVector low, TVector high, float* c, bool add)
        where TWide : struct, IWideVector<TVector>
        where TVector : struct
    {
        if (add)
        {
            low = TWide.Add(low, TWide.Load(c));
            high = TWide.Add(high, TWide.Load(c + TWide.Width));
        }
        TWide.Store(low, c);
        TWide.Store(high, c + TWide.Width);
    }
}
