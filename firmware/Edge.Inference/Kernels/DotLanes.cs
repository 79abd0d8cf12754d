using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Edge.Inference.Kernels;

/// <summary>sdot by element needs its lane as a constant.</summary>
internal interface ILane
{
    static abstract Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x);
}

internal readonly struct Lane0 : ILane
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
        Dp.DotProductBySelectedQuadruplet(sum, w, x, 0);
}

internal readonly struct Lane1 : ILane
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
        Dp.DotProductBySelectedQuadruplet(sum, w, x, 1);
}

internal readonly struct Lane2 : ILane
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
        Dp.DotProductBySelectedQuadruplet(sum, w, x, 2);
}

internal readonly struct Lane3 : ILane
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
        Dp.DotProductBySelectedQuadruplet(sum, w, x, 3);
}
