using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>The dot products at one instruction set, as types, so that a product is compiled whole for each.</summary>
internal unsafe interface IDot
{
    static abstract float Float(float* a, float* b, int length);

    /// <summary>See <see cref="FloatTile"/>.</summary>
    static abstract void Tile(float* a, float* b, float* x, float* y, float* z, int length, float* results);

    static abstract float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>;
}

internal readonly unsafe struct ScalarDot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.DotScalar(a, b, length);

    public static void Tile(float* a, float* b, float* x, float* y, float* z, int length, float* results) =>
        FloatTile.RunScalar(a, b, x, y, z, length, results);

    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotScalar(w, x, xScales, blocks);
}

internal readonly unsafe struct Vector128Dot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot128(a, b, length);

    public static void Tile(float* a, float* b, float* x, float* y, float* z, int length, float* results) =>
        FloatTile.Run<Float128, Vector128<float>>(a, b, x, y, z, length, results);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotVector128(w, x, xScales, blocks);
}

internal readonly unsafe struct AdvSimdDotDot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot128(a, b, length);

    public static void Tile(float* a, float* b, float* x, float* y, float* z, int length, float* results) =>
        FloatTile.Run<Float128, Vector128<float>>(a, b, x, y, z, length, results);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotAdvSimdDot(w, x, xScales, blocks);
}

internal readonly unsafe struct Avx2Dot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot256(a, b, length);

    public static void Tile(float* a, float* b, float* x, float* y, float* z, int length, float* results) =>
        FloatTile.Run<Float256, Vector256<float>>(a, b, x, y, z, length, results);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotAvx2(w, x, xScales, blocks);
}

internal readonly unsafe struct Avx512Dot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot512(a, b, length);

    public static void Tile(float* a, float* b, float* x, float* y, float* z, int length, float* results) =>
        FloatTile.Run<Float512, Vector512<float>>(a, b, x, y, z, length, results);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotAvx2(w, x, xScales, blocks);
}
