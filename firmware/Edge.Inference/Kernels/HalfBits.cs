using System.Runtime.CompilerServices;

namespace Edge.Inference.Kernels;

/// <summary>fp16 scales to fp32 in three instructions; the framework's conversion is a function with branches.</summary>
internal static class HalfBits
{
    /// <summary>2^112: the difference of the exponents' biases, 127 and 15.</summary>
    public const float Rebias = 5.192296858534828e33f;

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
}
