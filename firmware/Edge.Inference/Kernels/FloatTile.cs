using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>
/// Dot products of two rows with three tokens at once, each exactly as <see cref="FloatDot"/> defines it. Virtual lanes do not
/// depend on each other, so a pass over the columns takes only as many lanes as fill two vectors, for all six products:
/// each vector that is loaded is used two or three times, and twelve sums stay in registers.
/// </summary>
internal static unsafe class FloatTile
{
    public const int Rows = 2;
    public const int Tokens = 3;

    private const int LaneCount = FloatDot.LaneCount;

    /// <summary>results[3 * row + token] = row . token, all of <paramref name="length"/>.</summary>
    /// <param name="length">0 or more; no alignment needed.</param>
    public static void Run<TOps, T>(float* a, float* b, float* x, float* y, float* z, int length, float* results)
        where TOps : struct, IFloatVector<T>
        where T : struct
    {
        var lanes = stackalloc float[Rows * Tokens * LaneCount];
        Unsafe.InitBlockUnaligned(lanes, 0, Rows * Tokens * LaneCount * sizeof(float));
        var whole = length & ~(LaneCount - 1);
        AddLanes<TOps, T>(a, b, x, y, z, whole, lanes);
        if (whole < length)
        {
            var tails = stackalloc float[(Rows + Tokens) * LaneCount];
            Unsafe.InitBlockUnaligned(tails, 0, (Rows + Tokens) * LaneCount * sizeof(float));
            var bytes = (uint)(length - whole) * sizeof(float);
            Unsafe.CopyBlockUnaligned(tails, a + whole, bytes);
            Unsafe.CopyBlockUnaligned(tails + 32, b + whole, bytes);
            Unsafe.CopyBlockUnaligned(tails + 64, x + whole, bytes);
            Unsafe.CopyBlockUnaligned(tails + 96, y + whole, bytes);
            Unsafe.CopyBlockUnaligned(tails + 128, z + whole, bytes);
            AddLanes<TOps, T>(tails, tails + 32, tails + 64, tails + 96, tails + 128, LaneCount, lanes);
        }
        for (var i = 0; i < Rows * Tokens; i++)
        {
            var s = lanes + (i * LaneCount);
            var low = Vector256.Load(s) + Vector256.Load(s + 16);
            results[i] = Lanes.Sum(low + (Vector256.Load(s + 8) + Vector256.Load(s + 24)));
        }
    }

    /// <param name="length">A multiple of 32.</param>
    /// <param name="lanes">(6, 32).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLanes<TOps, T>(float* a, float* b, float* x, float* y, float* z, int length, float* lanes)
        where TOps : struct, IFloatVector<T>
        where T : struct
    {
        var width = TOps.Width;
        for (var first = 0; first < LaneCount; first += 2 * width)
        {
            var at = lanes + first;
            var (ax0, ax1) = (TOps.Load(at), TOps.Load(at + width));
            var (ay0, ay1) = (TOps.Load(at + 32), TOps.Load(at + 32 + width));
            var (az0, az1) = (TOps.Load(at + 64), TOps.Load(at + 64 + width));
            var (bx0, bx1) = (TOps.Load(at + 96), TOps.Load(at + 96 + width));
            var (by0, by1) = (TOps.Load(at + 128), TOps.Load(at + 128 + width));
            var (bz0, bz1) = (TOps.Load(at + 160), TOps.Load(at + 160 + width));
            for (nint i = first; i < length; i += LaneCount)
            {
                var (p, q) = (TOps.Load(a + i), TOps.Load(b + i));
                var u = TOps.Load(x + i);
                (ax0, bx0) = (TOps.FusedMultiplyAdd(p, u, ax0), TOps.FusedMultiplyAdd(q, u, bx0));
                u = TOps.Load(y + i);
                (ay0, by0) = (TOps.FusedMultiplyAdd(p, u, ay0), TOps.FusedMultiplyAdd(q, u, by0));
                u = TOps.Load(z + i);
                (az0, bz0) = (TOps.FusedMultiplyAdd(p, u, az0), TOps.FusedMultiplyAdd(q, u, bz0));
                (p, q) = (TOps.Load(a + i + width), TOps.Load(b + i + width));
                u = TOps.Load(x + i + width);
                (ax1, bx1) = (TOps.FusedMultiplyAdd(p, u, ax1), TOps.FusedMultiplyAdd(q, u, bx1));
                u = TOps.Load(y + i + width);
                (ay1, by1) = (TOps.FusedMultiplyAdd(p, u, ay1), TOps.FusedMultiplyAdd(q, u, by1));
                u = TOps.Load(z + i + width);
                (az1, bz1) = (TOps.FusedMultiplyAdd(p, u, az1), TOps.FusedMultiplyAdd(q, u, bz1));
            }
            Store<TOps, T>(at, width, ax0, ax1, ay0, ay1, az0, az1);
            Store<TOps, T>(at + (Tokens * LaneCount), width, bx0, bx1, by0, by1, bz0, bz1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TOps, T>(float* at, int width, T x0, T x1, T y0, T y1, T z0, T z1)
        where TOps : struct, IFloatVector<T>
        where T : struct
    {
        TOps.Store(x0, at);
        TOps.Store(x1, at + width);
        TOps.Store(y0, at + 32);
        TOps.Store(y1, at + 32 + width);
        TOps.Store(z0, at + 64);
        TOps.Store(z1, at + 64 + width);
    }

    /// <summary>The definition.</summary>
    public static void RunScalar(float* a, float* b, float* x, float* y, float* z, int length, float* results)
    {
        (results[0], results[3]) = (FloatDot.DotScalar(a, x, length), FloatDot.DotScalar(b, x, length));
        (results[1], results[4]) = (FloatDot.DotScalar(a, y, length), FloatDot.DotScalar(b, y, length));
        (results[2], results[5]) = (FloatDot.DotScalar(a, z, length), FloatDot.DotScalar(b, z, length));
    }
}

/// <summary>A vector of floats of one width.</summary>
internal unsafe interface IFloatVector<T>
    where T : struct
{
    /// <summary>Floats: 4, 8 or 16.</summary>
    static abstract int Width { get; }

    static abstract T Load(float* source);

    static abstract void Store(T vector, float* target);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract T FusedMultiplyAdd(T a, T b, T c);
}

internal readonly unsafe struct Float128 : IFloatVector<Vector128<float>>
{
    public static int Width => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> vector, float* target) => vector.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FusedMultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.FusedMultiplyAdd(a, b, c);
}

internal readonly unsafe struct Float256 : IFloatVector<Vector256<float>>
{
    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> vector, float* target) => vector.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FusedMultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);
}

internal readonly unsafe struct Float512 : IFloatVector<Vector512<float>>
{
    public static int Width => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> vector, float* target) => vector.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FusedMultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, b, c);
}
