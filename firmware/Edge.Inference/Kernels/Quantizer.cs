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
        Vector128<float> max = default;
        for (var i = 0; i < GroupSize; i += 4)
            max = Vector128.Max(max, Vector128.Abs(Vector128.Load(x + i)));
        var largest = MathF.Max(MathF.Max(max[0], max[1]), MathF.Max(max[2], max[3]));
        var inverse = largest == 0f ? 0f : 127f / largest;
        var magic = Vector128.Create(RoundingMagic);
        for (var i = 0; i < GroupSize; i += 16)
        {
            var a = Round(x + i);
            var b = Round(x + i + 4);
            var c = Round(x + i + 8);
            var d = Round(x + i + 12);
            Vector128.Narrow(Vector128.Narrow(a, b), Vector128.Narrow(c, d)).Store(values + i);
        }
        return largest / 127f;

        Vector128<int> Round(float* four) => ((Vector128.Load(four) * inverse) + magic).AsInt32() - magic.AsInt32();
    }
}
