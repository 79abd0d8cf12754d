using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>
/// The quantiser and the widening of halves against plain code. Groups are 32 values: the forms for files refuse other
/// lengths, and matrices whose columns are no multiple of 32 are refused before a kernel sees them.
/// </summary>
internal static unsafe class QuantizerChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("quantise activations", InstructionSets.Best, Quantize),
        new("quantise for files", InstructionSets.Best, QuantizeForFiles),
        new("refuse lengths that are no multiple of 32", InstructionSets.Best, RefuseOddLengths),
        new("widen halves", InstructionSets.Best, Widen),
    ];

    private static int Quantize()
    {
        var random = new Random(11);
        var results = 0;
        for (var length = 0; length <= 288; length += Quantizer.GroupSize)
        for (var round = 0; round < 20; round++)
        {
            var x = Values(random, length);
            var expected = new float[length];
            var expectedScales = new float[length / 32];
            for (var group = 0; group < length / 32; group++)
                QuantizeGroup(x.AsSpan(group * 32, 32), expected.AsSpan(group * 32, 32), out expectedScales[group]);
            var quants = new sbyte[length];
            var scales = new float[length / 32];
            fixed (float* source = x)
            fixed (sbyte* target = quants)
            fixed (float* targetScales = scales)
                Quantizer.Quantize(source, length, target, targetScales);
            results += KernelCheck.Same(expected, [.. quants.Select(q => (float)q)], $"values of {length}");
            results += KernelCheck.Same(expectedScales, scales, $"scales of {length}");
        }
        return results;
    }

    private static int QuantizeForFiles()
    {
        var random = new Random(12);
        var results = 0;
        for (var length = 0; length <= 288; length += Quantizer.GroupSize)
        {
            var x = Values(random, length);
            var blocks = new byte[length / 32 * Q8Blocks.BlockBytes];
            Quantizer.QuantizeQ8(x, blocks);
            var expected = new float[33];
            var found = new float[33];
            for (var group = 0; group < length / 32; group++)
            {
                QuantizeGroup(x.AsSpan(group * 32, 32), expected, out var scale);
                expected[32] = (float)(Half)scale;
                var block = blocks.AsSpan(group * Q8Blocks.BlockBytes, Q8Blocks.BlockBytes);
                for (var i = 0; i < 32; i++)
                    found[i] = (sbyte)block[2 + i];
                found[32] = (float)BitConverter.ToHalf(block);
                results += KernelCheck.Same(expected, found, $"group {group} of {length}");
            }
        }
        return results;
    }

    /// <summary>Scale = max |x| / 127, value = x * (127 / max |x|) to the nearest, ties to even.</summary>
    private static void QuantizeGroup(ReadOnlySpan<float> x, Span<float> values, out float scale)
    {
        var largest = 0f;
        foreach (var value in x)
            largest = MathF.Max(largest, MathF.Abs(value));
        var inverse = largest == 0f ? 0f : 127f / largest;
        for (var i = 0; i < x.Length; i++)
            values[i] = (int)MathF.Round(x[i] * inverse, MidpointRounding.ToEven);
        scale = largest / 127f;
    }

    private static int RefuseOddLengths()
    {
        var results = 0;
        foreach (var length in KernelCheck.Lengths.Where(length => length % 32 != 0))
        {
            Refused(() => Quantizer.QuantizeQ8(new float[length], new byte[length / 32 * Q8Blocks.BlockBytes]));
            Refused(() => Quantizer.QuantizeQ4(new float[length], new byte[length / 32 * Q4Blocks.BlockBytes]));
            results += 2;
        }
        return results;

        static void Refused(Action action)
        {
            try
            {
                action();
            }
            catch (ArgumentException)
            {
                return;
            }
            throw new KernelDifferenceException("a length that is no multiple of 32 was taken");
        }
    }

    private static int Widen()
    {
        var random = new Random(13);
        var results = 0;
        foreach (var length in KernelCheck.Lengths)
        {
            var halves = new ushort[length];
            for (var i = 0; i < length; i++)
                halves[i] = (ushort)random.Next(ushort.MaxValue + 1);
            var found = new float[length];
            fixed (ushort* source = halves)
            fixed (float* target = found)
                HalfBits.WidenAll(source, target, length);
            results += Same(halves, found);
        }
        var every = Enumerable.Range(0, ushort.MaxValue + 1).Select(bits => (ushort)bits).ToArray();
        var wide = new float[every.Length];
        fixed (ushort* source = every)
        fixed (float* target = wide)
        {
            HalfBits.WidenAll(source, target, every.Length);
            results += Same(every, wide);
            HalfBits.Widen(source, target, every.Length);
        }
        var finite = every.Where(bits => Half.IsFinite(BitConverter.UInt16BitsToHalf(bits))).ToArray();
        results += Same(finite, [.. finite.Select(bits => wide[bits])]);
        return results + Same(finite, [.. finite.Select(HalfBits.ToSingle)]);

        // Any NaN is as good as another.
        static int Same(ushort[] halves, float[] found) =>
            KernelCheck.Same(
                [.. halves.Select(bits => One((float)BitConverter.UInt16BitsToHalf(bits)))],
                [.. found.Select(One)],
                $"{halves.Length} halves"
            );

        static float One(float value) => float.IsNaN(value) ? float.NaN : value;
    }

    /// <summary>Groups of very different sizes, one in eight all zeros.</summary>
    private static float[] Values(Random random, int length)
    {
        var x = Numbers.Floats(random, length);
        for (var group = 0; group < length / 32; group++)
        {
            var size = random.Next(8) == 0 ? 0f : MathF.Pow(10, random.Next(-6, 5));
            for (var i = 0; i < 32; i++)
                x[(group * 32) + i] *= size;
        }
        return x;
    }
}
