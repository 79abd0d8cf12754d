using System.Runtime.InteropServices;
using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>
/// A property of a kernel: on an instruction set of this machine it gives the bits of its scalar twin, over all the shapes
/// that it takes. The tests run each, and so does a small program that is published as native code.
/// </summary>
/// <param name="Run">How many results it compared.</param>
/// <exception cref="KernelDifferenceException">Thrown by Run at the first difference.</exception>
internal sealed record KernelCheck(string Name, InstructionSet Set, Func<int> Run)
{
    /// <summary>Every check on every instruction set that this machine has.</summary>
    public static IReadOnlyList<KernelCheck> All { get; } =
    [.. InstructionSets.Available.SelectMany(OnSet), .. ElementwiseChecks.All, .. QuantizerChecks.All];

    /// <summary>Every length that a kernel of single elements is run with.</summary>
    public static IEnumerable<int> Lengths => Enumerable.Range(0, 258);

    public static KernelCheck Find(string name, InstructionSet set) =>
        All.Single(check => check.Name == name && check.Set == set);

    /// <summary>Compares results with what they should be, to the bit.</summary>
    /// <returns>How many there were.</returns>
    public static int Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        var bits = MemoryMarshal.Cast<float, int>(expected);
        var foundBits = MemoryMarshal.Cast<float, int>(found);
        var at = bits.CommonPrefixLength(foundBits);
        if (at == expected.Length && at == found.Length)
            return at;
        throw new KernelDifferenceException(
            at < Math.Min(expected.Length, found.Length)
                ? $"{what}: result {at} should be {expected[at]:G9} ({bits[at]:X8}), found {found[at]:G9} ({foundBits[at]:X8})"
                : $"{what}: should have {expected.Length} results, found {found.Length}"
        );
    }

    private static IEnumerable<KernelCheck> OnSet(InstructionSet set) =>
        FloatChecks.OnSet(set).Concat(ProductChecks.OnSet(set));
}

/// <summary>A kernel gave other bits than its definition; the message says where.</summary>
internal sealed class KernelDifferenceException(string message) : Exception(message);
