using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int8 products (layout: <see cref="PackedWeights"/>; definition: <see cref="QuantDot"/>) for machines without a
/// body of their own, and the scalar twin.
/// </summary>
internal static unsafe class PackedPortable
{
    /// <summary>A <see cref="RowsProduct"/> in portable 128-bit vectors: four rows at a time.</summary>
    public static void RowsVector128(in ProductJob job, int firstRow, int endRow)
    {
        var blocks = job.Blocks;
        var results = stackalloc float[PackedWeights.GroupRows];
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        {
            var quants = job.GroupQuants(group);
            var scales = job.GroupScales(group);
            for (var t = 0; t < job.Tokens; t++)
            {
                var xQuants = job.TokenQuants(t);
                Vector128<float> low = default,
                    high = default;
                for (var b = 0; b < blocks; b++)
                {
                    Vector128<int> lowSum = default,
                        highSum = default;
                    for (var k = 0; k < 8; k++)
                    {
                        var y = Vector128.Create(*(int*)(xQuants + (b * 32) + (4 * k))).AsSByte();
                        var at = quants + (b * PackedWeights.BlockBytes) + (32 * k);
                        lowSum += Quads(Vector128.Load(at), y);
                        highSum += Quads(Vector128.Load(at + 16), y);
                    }
                    var scale =
                        PackedWeights.LoadScales(scales + (b * PackedWeights.GroupRows)) * job.TokenScales(t)[b];
                    low = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(lowSum), scale.GetLower(), low);
                    high = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(highSum), scale.GetUpper(), high);
                }
                low.Store(results);
                high.Store(results + 4);
                Store(results, job.TokenOutput(t), group, job.W.Rows);
            }
        }
    }

    /// <summary>For each of four rows the sum of four products.</summary>
    private static Vector128<int> Quads(Vector128<sbyte> w, Vector128<sbyte> x)
    {
        var (w0, w1) = Vector128.Widen(w);
        var (x0, x1) = Vector128.Widen(x);
        var (first, second) = (Pairs(w0 * x0), Pairs(w1 * x1));
        return Vector128.Create(first[0] + first[1], first[2] + first[3], second[0] + second[1], second[2] + second[3]);
    }

    /// <summary>Sums of neighbouring products.</summary>
    private static Vector128<int> Pairs(Vector128<short> products)
    {
        var both = products.AsInt32();
        return ((both << 16) >> 16) + (both >> 16);
    }

    /// <summary>The definition.</summary>
    public static void RowsScalar(in ProductJob job, int firstRow, int endRow)
    {
        var blocks = job.Blocks;
        for (var row = firstRow; row < endRow; row++)
        for (var t = 0; t < job.Tokens; t++)
        {
            var group = row / PackedWeights.GroupRows;
            var quants = job.GroupQuants(group);
            var scales = job.GroupScales(group);
            var lane = row % PackedWeights.GroupRows;
            var result = 0f;
            for (var b = 0; b < blocks; b++)
            {
                var sum = 0;
                for (var i = 0; i < 32; i++)
                {
                    var weight = quants[(b * PackedWeights.BlockBytes) + (i / 4 * 32) + (lane * 4) + (i % 4)];
                    sum += weight * job.TokenQuants(t)[(b * 32) + i];
                }
                var scale = HalfBits.ToSingle(scales[(b * PackedWeights.GroupRows) + lane]);
                result = MathF.FusedMultiplyAdd(sum, scale * job.TokenScales(t)[b], result);
            }
            job.TokenOutput(t)[row] = result;
        }
    }

    /// <summary>Writes the results of a group, the rows beyond the last left out.</summary>
    public static void Store(float* results, float* output, int group, int rows)
    {
        var row = group * PackedWeights.GroupRows;
        for (var r = row; r < Math.Min(row + PackedWeights.GroupRows, rows); r++)
            output[r] = results[r - row];
    }
}
