using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>
/// The one order in which virtual lanes are added: halves onto each other (lane i + lane i + n/2) until 4 are left, then
/// (0 + 2) + (1 + 3). The same on every machine.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Adds 8 lanes.</summary>
    public static float Sum(Vector256<float> lanes) => Sum(lanes.GetLower() + lanes.GetUpper());

    /// <summary>Adds 4 lanes.</summary>
    public static float Sum(Vector128<float> lanes) => (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);

    /// <summary>Adds <paramref name="count"/> lanes (a power of two, 4 or more); overwrites them.</summary>
    public static float Sum(float* lanes, int count)
    {
        for (var half = count / 2; half >= 4; half /= 2)
        for (var i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
        return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
    }
}
