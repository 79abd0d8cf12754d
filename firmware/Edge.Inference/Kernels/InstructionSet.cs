using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>The widest vector body a kernel may use. Every body of a kernel gives bit-identical results.</summary>
public enum InstructionSet
{
    /// <summary>Plain loops: the definition that every other body is tested against.</summary>
    Scalar = 0,

    /// <summary>Portable 128-bit vectors.</summary>
    Vector128 = 1,

    /// <summary>Arm without the dot-product extension (Pi 4, Zero 2 W).</summary>
    AdvSimd = 2,

    /// <summary>Arm with the dot-product extension (Pi 5).</summary>
    AdvSimdDot = 3,

    /// <summary>x64 with AVX2 and FMA.</summary>
    Avx2 = 4,

    /// <summary>x64 with AVX-512F and AVX-512BW; weights that are not packed as <see cref="Avx2"/>.</summary>
    Avx512 = 5,
}

/// <summary>What this machine can run.</summary>
public static class InstructionSets
{
    /// <summary>Narrowest first; the last is the one to use.</summary>
    public static IReadOnlyList<InstructionSet> Available { get; } = Find();

    public static InstructionSet Best => Available[^1];

    private static InstructionSet[] Find()
    {
        var found = new List<InstructionSet> { InstructionSet.Scalar };
        if (Vector128.IsHardwareAccelerated)
            found.Add(InstructionSet.Vector128);
        if (AdvSimd.Arm64.IsSupported)
            found.Add(InstructionSet.AdvSimd);
        if (Dp.IsSupported)
            found.Add(InstructionSet.AdvSimdDot);
        if (Avx2.IsSupported && Fma.IsSupported)
            found.Add(InstructionSet.Avx2);
        if (Avx2.IsSupported && Fma.IsSupported && Avx512F.IsSupported && Avx512BW.IsSupported)
            found.Add(InstructionSet.Avx512);
        return [.. found];
    }
}
