using System.Runtime.CompilerServices;

namespace Edge.Inference.Kernels;

/// <summary>The two dot products at one instruction set, as types, so that a product is compiled whole for each.</summary>
internal unsafe interface IDot
{
    static abstract float Float(float* a, float* b, int length);

    static abstract float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>;
}

internal readonly unsafe struct ScalarDot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.DotScalar(a, b, length);

    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotScalar(w, x, xScales, blocks);
}

internal readonly unsafe struct Vector128Dot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot128(a, b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotVector128(w, x, xScales, blocks);
}

internal readonly unsafe struct AdvSimdDotDot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot128(a, b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotAdvSimdDot(w, x, xScales, blocks);
}

internal readonly unsafe struct Avx2Dot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot256(a, b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotAvx2(w, x, xScales, blocks);
}

internal readonly unsafe struct Avx512Dot : IDot
{
    public static float Float(float* a, float* b, int length) => FloatDot.Dot512(a, b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quant<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks> => QuantDot.DotAvx2(w, x, xScales, blocks);
}
