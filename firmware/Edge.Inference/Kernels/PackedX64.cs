using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>The inner loops of packed products for one storage type and vector width; see <see cref="PackedX64"/>.</summary>
internal interface IPackedBody
{
    /// <summary>Bytes of one block of one group of rows.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>Tokens of a tile: a multiple of <see cref="Activations.TileTokens"/>.</summary>
    static abstract int Tokens { get; }

    /// <summary>One group by a tile of tokens; those beyond the last are left out.</summary>
    static abstract void Tile(in ProductJob job, int group, int token);

    /// <summary>The groups group, group + step, group + 2 * step and group + 3 * step by one token.</summary>
    static abstract void FourGroups(in ProductJob job, int group, int step);

    /// <summary>Two groups, which may be the same, by one token.</summary>
    static abstract void TwoGroups(in ProductJob job, int group, int other);
}

/// <summary>What all packed products on x64 share: the order in which groups are taken, and the end of a block.</summary>
internal static unsafe class PackedX64
{
    /// <summary>A <see cref="RowsProduct"/>.</summary>
    public static void Rows<TBody>(in ProductJob job, int firstRow, int endRow)
        where TBody : struct, IPackedBody
    {
        var first = firstRow / PackedWeights.GroupRows;
        var end = PackedWeights.Groups(endRow);
        if (job.Tokens > 1)
        {
            var tiles = (job.Tokens + TBody.Tokens - 1) / TBody.Tokens;
            for (var group = first; group < end; group++)
            for (var tile = 0; tile < tiles; tile++)
            {
                PrefetchShare(job, group + 1, TBody.BlockBytes, tile, tiles);
                TBody.Tile(job, group, tile * TBody.Tokens);
            }
            return;
        }
        // Four places of the matrix are read side by side: measured, memory delivers four streams faster than one, and
        // then asking for weights ahead of their use only gets in the way.
        var quarter = (end - first) / 4;
        for (var g = 0; g < quarter; g++)
            TBody.FourGroups(job, first + g, quarter);
        for (var group = first + (4 * quarter); group < end; group += 2)
            TBody.TwoGroups(job, group, Math.Min(group + 1, end - 1));
    }

    /// <summary>Asks for a share of a group's weights while the group before it is computed. An address beyond the last
    /// weight does no harm.</summary>
    private static void PrefetchShare(in ProductJob job, int group, int blockBytes, int share, int shares)
    {
        var bytes = job.Blocks * blockBytes;
        var start = job.Group(group, blockBytes);
        for (var at = bytes * share / shares; at < bytes * (share + 1) / shares; at += 64)
            Sse.Prefetch0(start + at);
    }

    /// <summary>Four bytes in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Four(void* x) => Vector256.Create(Unsafe.ReadUnaligned<int>(x)).AsByte();

    /// <summary>Eight fp16 scales; see <see cref="HalfBits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadScales(byte* scales)
    {
        var moved = Avx2.ConvertToVector256Int32((short*)scales) << 13;
        return (moved & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle() * HalfBits.Rebias;
    }

    /// <summary>results[0..1] = fma(sums, scales * xScale, results).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(
        Vector256<float>* results,
        Vector256<int> low,
        Vector256<int> high,
        Vector256<float> lowScales,
        Vector256<float> highScales,
        float xScale
    )
    {
        var scale = Vector256.Create(xScale);
        results[0] = Fma.MultiplyAdd(Avx.ConvertToVector256Single(low), lowScales * scale, results[0]);
        results[1] = Fma.MultiplyAdd(Avx.ConvertToVector256Single(high), highScales * scale, results[1]);
    }

    /// <summary>Writes sixteen rows, those beyond the last left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(in ProductJob job, Vector256<float>* results, int group, int token)
    {
        var row = group * PackedWeights.GroupRows;
        var output = job.TokenOutput(token);
        if (row + PackedWeights.GroupRows <= job.W.Rows)
        {
            results[0].Store(output + row);
            results[1].Store(output + row + 8);
        }
        else
            PackedWeights.Store((float*)results, output, row, PackedWeights.GroupRows, job.W.Rows);
    }
}
