using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Training.Kernels;

/// <summary>The few operations that the matrix tile needs of a vector of floats, whatever its width.</summary>
internal unsafe interface IWideVector<TSelf>
    where TSelf : struct, IWideVector<TSelf>
{
    /// <summary>Floats of a vector.</summary>
    static abstract int Width { get; }

    static abstract TSelf Load(float* from);

    /// <summary>Every lane the number at <paramref name="from"/>.</summary>
    static abstract TSelf Broadcast(float* from);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Add(TSelf a, TSelf b);

    static abstract void Store(TSelf value, float* to);
}

internal readonly unsafe struct Wide128(Vector128<float> value) : IWideVector<Wide128>
{
    private readonly Vector128<float> _value = value;

    public static int Width => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Load(float* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Broadcast(float* from) => new(Vector128.Create(*from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 MultiplyAdd(Wide128 a, Wide128 b, Wide128 c) =>
        new(Vector128.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Add(Wide128 a, Wide128 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide128 value, float* to) => value._value.Store(to);
}

internal readonly unsafe struct Wide256(Vector256<float> value) : IWideVector<Wide256>
{
    private readonly Vector256<float> _value = value;

    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 Broadcast(float* from) => new(Vector256.Create(*from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 MultiplyAdd(Wide256 a, Wide256 b, Wide256 c) =>
        new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 Add(Wide256 a, Wide256 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide256 value, float* to) => value._value.Store(to);
}

internal readonly unsafe struct Wide512(Vector512<float> value) : IWideVector<Wide512>
{
    private readonly Vector512<float> _value = value;

    public static int Width => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Broadcast(float* from) => new(Vector512.Create(*from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 MultiplyAdd(Wide512 a, Wide512 b, Wide512 c) =>
        new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Add(Wide512 a, Wide512 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide512 value, float* to) => value._value.Store(to);
}
