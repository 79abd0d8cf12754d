using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>fp16 to fp32 in three instructions; the framework's conversion is a function with branches.</summary>
internal static unsafe class HalfBits
{
    /// <summary>2^112: the difference of the exponents' biases, 127 and 15.</summary>
    public const float Rebias = 5.192296858534828e33f;

    /// <summary>The largest finite half.</summary>
    public const float Max = 65504f;

    /// <summary>
    /// Exact for every finite half, subnormals included: the exponent moves into place unbiased, one multiplication by
    /// 2^112 makes up for the bias. Infinity and NaN come out as finite numbers: readers refuse them as scales.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort half)
    {
        var moved = ((short)half << 13) & unchecked((int)0x8FFFE000);
        return BitConverter.Int32BitsToSingle(moved) * Rebias;
    }

    /// <summary>Widens <paramref name="length"/> finite halves, a multiple of 8.</summary>
    public static void Widen(ushort* source, float* target, int length)
    {
        for (var i = 0; i < length; i += 8)
            Eight((byte*)(source + i)).Store(target + i);
    }

    /// <summary>Widens <paramref name="length"/> halves, infinities and NaN among them.</summary>
    public static void WidenAll(ushort* source, float* target, int length)
    {
        var i = 0;
        for (; i + 8 <= length; i += 8)
        {
            var finite = Eight((byte*)(source + i)).AsInt32();
            // What was an exponent of 31 is now one of 31 + 112; infinity and NaN have all bits of it set.
            var top = finite & Vector256.Create(0x7F800000);
            var special = Vector256.Equals(top, Vector256.Create((31 + 112) << 23));
            (finite | (special & Vector256.Create(0x7F800000))).AsSingle().Store(target + i);
        }
        for (; i < length; i++)
            target[i] = (float)BitConverter.UInt16BitsToHalf(Unsafe.ReadUnaligned<ushort>(source + i));
    }

    /// <summary>Eight finite halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Eight(byte* halves)
    {
        var (low, high) = Vector128.Widen(Vector128.Load((short*)halves));
        var bits = (Vector256.Create(low, high) << 13) & Vector256.Create(unchecked((int)0x8FFFE000));
        return bits.AsSingle() * Rebias;
    }
}
