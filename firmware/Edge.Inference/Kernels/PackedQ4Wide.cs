using System.Runtime.CompilerServices;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int4 products, two times four columns of sixteen rows a vector of 64 bytes: what <see cref="PackedQ4Avx2"/>
/// does, with a tile of eight tokens where there are as many.
/// </summary>
[SkipLocalsInit]
internal readonly unsafe struct PackedQ4Wide<TOps, T> : IPackedBody
    where TOps : struct, IWideOps<T>
    where T : unmanaged
{
    private const int TileBytes = Activations.TileTokens * Activations.SplitBytes;

    public static int BlockBytes => PackedWeights.Q4BlockBytes;

    public static int Tokens => 2 * Activations.TileTokens;

    public static void Tile(in ProductJob job, int group, int token)
    {
        if (job.Tokens - token >= 2 * Activations.TileTokens)
        {
            EightTokens(job, group, token);
            return;
        }
        FourTokens(job, group, token);
        if (job.Tokens - token > Activations.TileTokens)
            FourTokens(job, group, token + Activations.TileTokens);
    }

    private static void EightTokens(in ProductJob job, int group, int token)
    {
        var block = job.Group(group, PackedWeights.Q4BlockBytes);
        var split = job.X.Split + ((long)token * job.Blocks * Activations.SplitBytes) + (Activations.TileTokens * 64);
        var next = (nint)job.Blocks * TileBytes;
        var columns = (nint)job.Blocks * 32;
        var x = job.TokenQuants(token);
        var z = job.TokenQuants(token + Activations.TileTokens);
        T r0 = default;
        var (r1, r2, r3, r4, r5, r6, r7) = (r0, r0, r0, r0, r0, r0, r0);
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, split += TileBytes, x += 16, z += 16)
        {
            T a0 = default;
            var (a1, a2, a3, a4, a5, a6, a7) = (a0, a0, a0, a0, a0, a0, a0);
            var quants = block + PackedWeights.QuantsAt;
            for (var end = x + 16; x < end; x += 4, z += 4, quants += PackedWeights.SliceBytes)
            {
                var both = TOps.Load(quants);
                var (low, high) = (TOps.LowNibbles(both), TOps.HighNibbles(both));
                a0 = Step(a0, low, high, x);
                a1 = Step(a1, low, high, x + columns);
                a2 = Step(a2, low, high, x + (2 * columns));
                a3 = Step(a3, low, high, x + (3 * columns));
                a4 = Step(a4, low, high, z);
                a5 = Step(a5, low, high, z + columns);
                a6 = Step(a6, low, high, z + (2 * columns));
                a7 = Step(a7, low, high, z + (3 * columns));
            }
            var scales = TOps.Scales(block);
            (r0, r1) = (Add(r0, a0, scales, split, 0), Add(r1, a1, scales, split, 1));
            (r2, r3) = (Add(r2, a2, scales, split, 2), Add(r3, a3, scales, split, 3));
            var others = split + next;
            (r4, r5) = (Add(r4, a4, scales, others, 0), Add(r5, a5, scales, others, 1));
            (r6, r7) = (Add(r6, a6, scales, others, 2), Add(r7, a7, scales, others, 3));
        }
        WideStore<TOps, T>.Four(job, group, token, r0, r1, r2, r3);
        WideStore<TOps, T>.Four(job, group, token + 4, r4, r5, r6, r7);
    }

    /// <summary>One to four tokens.</summary>
    private static void FourTokens(in ProductJob job, int group, int token)
    {
        var block = job.Group(group, PackedWeights.Q4BlockBytes);
        var split = job.X.Split + ((long)token * job.Blocks * Activations.SplitBytes) + (Activations.TileTokens * 64);
        var last = Math.Min(Activations.TileTokens, job.Tokens - token) - 1;
        // Tokens beyond the last: any that exist, they are computed and left out.
        var x0 = job.TokenQuants(token);
        var x1 = job.TokenQuants(token + Math.Min(1, last));
        var x2 = job.TokenQuants(token + Math.Min(2, last));
        var x3 = job.TokenQuants(token + last);
        T r0 = default;
        var (r1, r2, r3) = (r0, r0, r0);
        for (nint at = 0, end = (nint)job.Blocks * 32; at < end; at += 16, block += BlockBytes, split += TileBytes)
        {
            T a0 = default;
            var (a1, a2, a3) = (a0, a0, a0);
            var quants = block + PackedWeights.QuantsAt;
            for (var half = at + 16; at < half; at += 4, quants += PackedWeights.SliceBytes)
            {
                var both = TOps.Load(quants);
                var (low, high) = (TOps.LowNibbles(both), TOps.HighNibbles(both));
                a0 = Step(a0, low, high, x0 + at);
                a1 = Step(a1, low, high, x1 + at);
                a2 = Step(a2, low, high, x2 + at);
                a3 = Step(a3, low, high, x3 + at);
            }
            var scales = TOps.Scales(block);
            (r0, r1) = (Add(r0, a0, scales, split, 0), Add(r1, a1, scales, split, 1));
            (r2, r3) = (Add(r2, a2, scales, split, 2), Add(r3, a3, scales, split, 3));
        }
        WideStore<TOps, T>.Four(job, group, token, r0, r1, r2, r3);
    }

    public static void FourGroups(in ProductJob job, int group, int step)
    {
        var block = job.Group(group, PackedWeights.Q4BlockBytes);
        var distance = (nint)step * job.Blocks * BlockBytes;
        var x = job.X.Quants;
        var split = job.X.Split + 64;
        T r0 = default;
        var (r1, r2, r3) = (r0, r0, r0);
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += 16, split += Activations.SplitBytes)
        {
            T a0 = default;
            var (a1, a2, a3) = (a0, a0, a0);
            var half = block + (2 * distance);
            var slice = block + PackedWeights.QuantsAt;
            var second = half + PackedWeights.QuantsAt;
            for (var end = x + 16; x < end; x += 4)
            {
                a0 = Step(a0, TOps.Load(slice), x);
                a1 = Step(a1, TOps.Load(slice + distance), x);
                a2 = Step(a2, TOps.Load(second), x);
                a3 = Step(a3, TOps.Load(second + distance), x);
                slice += PackedWeights.SliceBytes;
                second += PackedWeights.SliceBytes;
            }
            var (scale, start) = (((float*)split)[1], TOps.Int(((int*)split)[2]));
            r0 = TOps.Add(r0, Sums(a0, start), TOps.Scales(block), scale);
            r1 = TOps.Add(r1, Sums(a1, start), TOps.Scales(block + distance), scale);
            r2 = TOps.Add(r2, Sums(a2, start), TOps.Scales(half), scale);
            r3 = TOps.Add(r3, Sums(a3, start), TOps.Scales(half + distance), scale);
        }
        WideStore<TOps, T>.One(job, group, 0, r0);
        WideStore<TOps, T>.One(job, group + step, 0, r1);
        WideStore<TOps, T>.One(job, group + (2 * step), 0, r2);
        WideStore<TOps, T>.One(job, group + (3 * step), 0, r3);
    }

    public static void TwoGroups(in ProductJob job, int group, int other)
    {
        var block = job.Group(group, PackedWeights.Q4BlockBytes);
        var distance = (nint)(other - group) * job.Blocks * BlockBytes;
        var x = job.X.Quants;
        var split = job.X.Split + 64;
        T r0 = default;
        var r1 = r0;
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += 16, split += Activations.SplitBytes)
        {
            T a0 = default;
            var a1 = a0;
            var slice = block + PackedWeights.QuantsAt;
            for (var end = x + 16; x < end; x += 4, slice += PackedWeights.SliceBytes)
            {
                a0 = Step(a0, TOps.Load(slice), x);
                a1 = Step(a1, TOps.Load(slice + distance), x);
            }
            var (scale, start) = (((float*)split)[1], TOps.Int(((int*)split)[2]));
            r0 = TOps.Add(r0, Sums(a0, start), TOps.Scales(block), scale);
            r1 = TOps.Add(r1, Sums(a1, start), TOps.Scales(block + distance), scale);
        }
        WideStore<TOps, T>.One(job, group, 0, r0);
        WideStore<TOps, T>.One(job, other, 0, r1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Step(T pairs, T both, sbyte* x) => Step(pairs, TOps.LowNibbles(both), TOps.HighNibbles(both), x);

    /// <summary>Eight products more for each of sixteen rows, as two sums of 16 bits a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Step(T pairs, T low, T high, sbyte* x) =>
        TOps.AddShorts(TOps.AddShorts(pairs, TOps.Pairs(low, TOps.Four(x))), TOps.Pairs(high, TOps.Four(x + 16)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sums(T pairs, T start) => TOps.AddInts(TOps.Widen(pairs), start);

    /// <summary>The end of a block for one token of a tile.</summary>
    /// <param name="tail">(3, 4) of <see cref="Activations.Split"/>, after the bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Add(T result, T pairs, T scales, byte* tail, int token)
    {
        var start = ((int*)tail)[(2 * Activations.TileTokens) + token];
        return TOps.Add(result, Sums(pairs, TOps.Int(start)), scales, ((float*)tail)[Activations.TileTokens + token]);
    }
}
