using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed products (layout: <see cref="PackedWeights"/>; definition: <see cref="QuantDot"/>) for machines without a body of
/// their own, and the scalar twin.
/// </summary>
internal static unsafe class PackedPortable
{
    /// <summary>A <see cref="RowsProduct"/> in portable 128-bit vectors: four rows at a time.</summary>
    public static void RowsVector128<TPacking>(in ProductJob job, int firstRow, int endRow)
        where TPacking : struct, IPacking
    {
        var results = stackalloc Vector128<float>[PackedWeights.GroupRows / 4];
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        for (var t = 0; t < job.Tokens; t++)
        {
            for (var quarter = 0; quarter < PackedWeights.GroupRows / 4; quarter++)
                results[quarter] = FourRows<TPacking>(job, group, quarter, t);
            PackedWeights.Store(
                (float*)results,
                job.TokenOutput(t),
                group * PackedWeights.GroupRows,
                PackedWeights.GroupRows,
                job.W.Rows
            );
        }
    }

    private static Vector128<float> FourRows<TPacking>(in ProductJob job, int group, int quarter, int token)
        where TPacking : struct, IPacking
    {
        var block = job.Group(group, TPacking.BlockBytes);
        var x = job.TokenQuants(token);
        Vector128<float> result = default;
        for (var b = 0; b < job.Blocks; b++, block += TPacking.BlockBytes, x += 32)
        {
            Vector128<int> sum = default;
            for (var k = 0; k < 8; k++)
                sum += Quads(TPacking.Load(block, quarter, k), Vector128.Create(*(int*)(x + (4 * k))).AsSByte());
            var eight = HalfBits.Eight(block + (quarter / 2 * 16));
            var scale = (quarter % 2 == 0 ? eight.GetLower() : eight.GetUpper()) * job.TokenScales(token)[b];
            result = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(sum), scale, result);
        }
        return result;
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
    public static void RowsScalar<TPacking>(in ProductJob job, int firstRow, int endRow)
        where TPacking : struct, IPacking
    {
        for (var row = firstRow; row < endRow; row++)
        for (var t = 0; t < job.Tokens; t++)
        {
            var block = job.Group(row / PackedWeights.GroupRows, TPacking.BlockBytes);
            var r = row % PackedWeights.GroupRows;
            var x = job.TokenQuants(t);
            var result = 0f;
            for (var b = 0; b < job.Blocks; b++, block += TPacking.BlockBytes, x += 32)
            {
                var sum = 0;
                for (var i = 0; i < 32; i++)
                    sum += TPacking.At(block, r, i) * x[i];
                var scale = HalfBits.ToSingle(((ushort*)block)[r]);
                result = MathF.FusedMultiplyAdd(sum, scale * job.TokenScales(t)[b], result);
            }
            job.TokenOutput(t)[row] = result;
        }
    }
}
