using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Bench.Limits;

/// <summary>A loop that only multiplies and adds, in registers.</summary>
/// <param name="Name">The instructions, for people.</param>
/// <param name="OpsPerRound">Multiplications and additions of one round; a multiply-add is two.</param>
internal sealed record ArithmeticLoop(string Name, int OpsPerRound, Func<long, float> Run)
{
    /// <summary>What this machine has for products of signed bytes, summed in 32 bits.</summary>
    public static IReadOnlyList<ArithmeticLoop> Int8 { get; } = MakeInt8();

    /// <summary>What it has for fp32.</summary>
    public static IReadOnlyList<ArithmeticLoop> Fp32 { get; } = MakeFp32();

    private static List<ArithmeticLoop> MakeInt8()
    {
        var loops = new List<ArithmeticLoop>();
        if (Dp.IsSupported)
            loops.Add(new("sdot", 12 * 16 * 2, Int8Loops.DotProduct));
        if (AdvSimd.Arm64.IsSupported)
            loops.Add(new("smull + smlal2 + sadalp", 12 * 16 * 2, Int8Loops.WideningProduct));
        if (Avx512BW.IsSupported)
            loops.Add(new("vpmaddubsw + vpmaddwd + vpaddd, 512 bits", 12 * 64 * 2, Int8Loops.Pairs512));
        if (Avx2.IsSupported)
            loops.Add(new("vpmaddubsw + vpmaddwd + vpaddd, 256 bits", 12 * 32 * 2, Int8Loops.Pairs256));
        if (loops.Count == 0)
            loops.Add(new("16-bit products, portable", 12 * 8 * 2, Int8Loops.Portable));
        return loops;
    }

    private static List<ArithmeticLoop> MakeFp32()
    {
        var loops = new List<ArithmeticLoop>();
        if (Vector512.IsHardwareAccelerated)
            loops.Add(new("fused multiply-add, 512 bits", 12 * 16 * 2, Fp32Loops.Fused512));
        if (Vector256.IsHardwareAccelerated)
            loops.Add(new("fused multiply-add, 256 bits", 12 * 8 * 2, Fp32Loops.Fused256));
        loops.Add(new("fused multiply-add, 128 bits", 12 * 4 * 2, Fp32Loops.Fused128));
        return loops;
    }
}
