using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>
/// The one quantiser, for activations and for files: groups of 32, scale = max |x| / 127, value = x * (127 / max |x|)
/// rounded to the nearest, ties to even. A group of zeros has scale 0 and values 0.
/// </summary>
public static unsafe class Quantizer
{
    public const int GroupSize = 32;

    /// <summary>1.5 * 2^23: adding it to a float of magnitude below 2^22 leaves the rounded integer in the low bits.</summary>
    private const float RoundingMagic = 12582912f;

    /// <summary>Quantises <paramref name="length"/> floats (a multiple of 32) to bytes and one fp32 scale a group.</summary>
    public static void Quantize(float* x, int length, sbyte* values, float* scales)
    {
        for (var g = 0; g < length / GroupSize; g++)
            scales[g] = QuantizeGroup(x + (g * GroupSize), values + (g * GroupSize));
    }

    /// <summary>Quantises to GGUF Q8_0 blocks, as files hold them: (length / 32) times 34 bytes.</summary>
    public static void QuantizeQ8(ReadOnlySpan<float> x, Span<byte> blocks)
    {
        if (x.Length % GroupSize != 0 || blocks.Length != x.Length / GroupSize * Q8Blocks.BlockBytes)
            throw new ArgumentException(
                $"{x.Length} values need a multiple of 32 and {x.Length / 32 * 34} bytes, got {blocks.Length} bytes"
            );
        fixed (float* source = x)
        fixed (byte* target = blocks)
        {
            for (var g = 0; g < x.Length / GroupSize; g++)
            {
                var block = target + (g * Q8Blocks.BlockBytes);
                var scale = (Half)QuantizeGroup(source + (g * GroupSize), (sbyte*)block + 2);
                *(ushort*)block = BitConverter.HalfToUInt16Bits(scale);
            }
        }
    }

    /// <summary>
    /// Quantises to GGUF Q4_0 blocks: (length / 32) times 18 bytes. Scale = the value of largest magnitude, sign kept,
    /// over -8; nibble = x / scale + 8 rounded half up, at most 15.
    /// </summary>
    public static void QuantizeQ4(ReadOnlySpan<float> x, Span<byte> blocks)
    {
        if (x.Length % GroupSize != 0 || blocks.Length != x.Length / GroupSize * Q4Blocks.BlockBytes)
            throw new ArgumentException(
                $"{x.Length} values need a multiple of 32 and {x.Length / 32 * 18} bytes, got {blocks.Length} bytes"
            );
        for (var g = 0; g < x.Length / GroupSize; g++)
            QuantizeGroupQ4(x.Slice(g * GroupSize, GroupSize), blocks.Slice(g * 18, 18));
    }

    private static void QuantizeGroupQ4(ReadOnlySpan<float> x, Span<byte> block)
    {
        var extreme = 0f;
        foreach (var value in x)
            extreme = MathF.Abs(value) > MathF.Abs(extreme) ? value : extreme;
        var scale = extreme / -8f;
        var inverse = scale == 0f ? 0f : 1f / scale;
        BitConverter.TryWriteBytes(block, BitConverter.HalfToUInt16Bits((Half)scale));
        for (var i = 0; i < 16; i++)
            block[2 + i] = (byte)(Nibble(x[i] * inverse) | (Nibble(x[i + 16] * inverse) << 4));

        static int Nibble(float value) => Math.Clamp((int)(value + 8.5f), 0, 15);
    }

    private static float QuantizeGroup(float* x, sbyte* values)
    {
        var (a, b) = (Vector256.Load(x), Vector256.Load(x + 8));
        var (c, d) = (Vector256.Load(x + 16), Vector256.Load(x + 24));
        var max = Vector256.Max(
            Vector256.Max(Vector256.Abs(a), Vector256.Abs(b)),
            Vector256.Max(Vector256.Abs(c), Vector256.Abs(d))
        );
        var four = Vector128.Max(max.GetLower(), max.GetUpper());
        var largest = MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
        var inverse = largest == 0f ? 0f : 127f / largest;
        Narrow(a, b).Store(values);
        Narrow(c, d).Store(values + 16);
        return largest / 127f;

        Vector128<sbyte> Narrow(Vector256<float> low, Vector256<float> high)
        {
            var (first, second) = (Round(low), Round(high));
            return Vector128.Narrow(
                Vector128.Narrow(first.GetLower(), first.GetUpper()),
                Vector128.Narrow(second.GetLower(), second.GetUpper())
            );
        }

        Vector256<int> Round(Vector256<float> eight) =>
            ((eight * inverse) + Vector256.Create(RoundingMagic)).AsInt32() - Vector256.Create(RoundingMagic).AsInt32();
    }
}
