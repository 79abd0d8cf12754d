using System.Runtime.CompilerServices;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int8 products, four columns of sixteen rows a vector of 64 bytes: what <see cref="PackedAvx2"/> does, with a tile
/// of eight tokens.
/// </summary>
[SkipLocalsInit]
internal readonly unsafe struct PackedWide<TOps, T> : IPackedBody
    where TOps : struct, IWideOps<T>
    where T : unmanaged
{
    private const int TileBytes = Activations.TileTokens * Activations.SplitBytes;

    public static int BlockBytes => PackedWeights.BlockBytes;

    public static int Tokens => 2 * Activations.TileTokens;

    public static void Tile(in ProductJob job, int group, int token)
    {
        if (job.Tokens - token > Activations.TileTokens)
            EightTokens(job, group, token);
        else
            FourTokens(job, group, token);
    }

    /// <summary>Sixteen rows by two tiles of <see cref="Activations.Split"/>.</summary>
    private static void EightTokens(in ProductJob job, int group, int token)
    {
        var block = job.Group(group);
        var x = job.X.Split + ((long)token * job.Blocks * Activations.SplitBytes);
        var next = (nint)job.Blocks * TileBytes;
        T r0 = default;
        var (r1, r2, r3, r4, r5, r6, r7) = (r0, r0, r0, r0, r0, r0, r0);
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += TileBytes)
        {
            var starts = (int*)(x + (Activations.TileTokens * 64));
            var others = (int*)((byte*)starts + next);
            var (a0, a1, a2, a3) = (TOps.Int(starts[0]), TOps.Int(starts[1]), TOps.Int(starts[2]), TOps.Int(starts[3]));
            var (a4, a5, a6, a7) = (TOps.Int(others[0]), TOps.Int(others[1]), TOps.Int(others[2]), TOps.Int(others[3]));
            var quants = block + PackedWeights.QuantsAt;
            for (var y = x; y < starts; y += 32, quants += PackedWeights.SliceBytes)
            {
                var w = TOps.Load(quants);
                a0 = Step(a0, w, y);
                a1 = Step(a1, w, y + 8);
                a2 = Step(a2, w, y + 16);
                a3 = Step(a3, w, y + 24);
                a4 = Step(a4, w, y + next);
                a5 = Step(a5, w, y + next + 8);
                a6 = Step(a6, w, y + next + 16);
                a7 = Step(a7, w, y + next + 24);
            }
            var scales = TOps.Scales(block);
            var s = (float*)starts + Activations.TileTokens;
            var u = (float*)others + Activations.TileTokens;
            (r0, r1) = (TOps.Add(r0, a0, scales, s[0]), TOps.Add(r1, a1, scales, s[1]));
            (r2, r3) = (TOps.Add(r2, a2, scales, s[2]), TOps.Add(r3, a3, scales, s[3]));
            (r4, r5) = (TOps.Add(r4, a4, scales, u[0]), TOps.Add(r5, a5, scales, u[1]));
            (r6, r7) = (TOps.Add(r6, a6, scales, u[2]), TOps.Add(r7, a7, scales, u[3]));
        }
        WideStore<TOps, T>.Four(job, group, token, r0, r1, r2, r3);
        WideStore<TOps, T>.Four(job, group, token + 4, r4, r5, r6, r7);
    }

    /// <summary>Sixteen rows by one tile of <see cref="Activations.Split"/>.</summary>
    private static void FourTokens(in ProductJob job, int group, int token)
    {
        var block = job.Group(group);
        var x = job.X.Split + ((long)token * job.Blocks * Activations.SplitBytes);
        T r0 = default;
        var (r1, r2, r3) = (r0, r0, r0);
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += TileBytes)
        {
            var starts = (int*)(x + (Activations.TileTokens * 64));
            var (a0, a1, a2, a3) = (TOps.Int(starts[0]), TOps.Int(starts[1]), TOps.Int(starts[2]), TOps.Int(starts[3]));
            var quants = block + PackedWeights.QuantsAt;
            for (var y = x; y < starts; y += 32, quants += PackedWeights.SliceBytes)
            {
                var w = TOps.Load(quants);
                a0 = Step(a0, w, y);
                a1 = Step(a1, w, y + 8);
                a2 = Step(a2, w, y + 16);
                a3 = Step(a3, w, y + 24);
            }
            var scales = TOps.Scales(block);
            var s = (float*)starts + Activations.TileTokens;
            (r0, r1) = (TOps.Add(r0, a0, scales, s[0]), TOps.Add(r1, a1, scales, s[1]));
            (r2, r3) = (TOps.Add(r2, a2, scales, s[2]), TOps.Add(r3, a3, scales, s[3]));
        }
        WideStore<TOps, T>.Four(job, group, token, r0, r1, r2, r3);
    }

    public static void FourGroups(in ProductJob job, int group, int step)
    {
        var block = job.Group(group);
        var distance = (nint)step * job.Blocks * BlockBytes;
        var x = job.X.Split;
        T r0 = default;
        var (r1, r2, r3) = (r0, r0, r0);
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += Activations.SplitBytes)
        {
            var start = (int*)(x + 64);
            var a0 = TOps.Int(*start);
            var (a1, a2, a3) = (a0, a0, a0);
            var half = block + (2 * distance);
            var slice = block + PackedWeights.QuantsAt;
            var second = half + PackedWeights.QuantsAt;
            for (var y = x; y < start; y += 8)
            {
                var (u, flip) = (TOps.Four(y), TOps.Four(y + 4));
                a0 = Step(a0, TOps.Load(slice), u, flip);
                a1 = Step(a1, TOps.Load(slice + distance), u, flip);
                a2 = Step(a2, TOps.Load(second), u, flip);
                a3 = Step(a3, TOps.Load(second + distance), u, flip);
                slice += PackedWeights.SliceBytes;
                second += PackedWeights.SliceBytes;
            }
            var scale = *(float*)(start + 1);
            r0 = TOps.Add(r0, a0, TOps.Scales(block), scale);
            r1 = TOps.Add(r1, a1, TOps.Scales(block + distance), scale);
            r2 = TOps.Add(r2, a2, TOps.Scales(half), scale);
            r3 = TOps.Add(r3, a3, TOps.Scales(half + distance), scale);
        }
        WideStore<TOps, T>.One(job, group, 0, r0);
        WideStore<TOps, T>.One(job, group + step, 0, r1);
        WideStore<TOps, T>.One(job, group + (2 * step), 0, r2);
        WideStore<TOps, T>.One(job, group + (3 * step), 0, r3);
    }

    public static void TwoGroups(in ProductJob job, int group, int other)
    {
        var block = job.Group(group);
        var distance = (nint)(other - group) * job.Blocks * BlockBytes;
        var x = job.X.Split;
        T r0 = default;
        var r1 = r0;
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += Activations.SplitBytes)
        {
            var start = (int*)(x + 64);
            var a0 = TOps.Int(*start);
            var a1 = a0;
            var slice = block + PackedWeights.QuantsAt;
            for (var y = x; y < start; y += 8, slice += PackedWeights.SliceBytes)
            {
                var (u, flip) = (TOps.Four(y), TOps.Four(y + 4));
                a0 = Step(a0, TOps.Load(slice), u, flip);
                a1 = Step(a1, TOps.Load(slice + distance), u, flip);
            }
            var scale = *(float*)(start + 1);
            r0 = TOps.Add(r0, a0, TOps.Scales(block), scale);
            r1 = TOps.Add(r1, a1, TOps.Scales(block + distance), scale);
        }
        WideStore<TOps, T>.One(job, group, 0, r0);
        WideStore<TOps, T>.One(job, other, 0, r1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Step(T sums, T weights, byte* x) => Step(sums, weights, TOps.Four(x), TOps.Four(x + 4));

    /// <summary>For each of sixteen rows four products more; 2 * 127 * 128 fits the 16-bit pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Step(T sums, T weights, T magnitude, T flip) =>
        TOps.AddInts(sums, TOps.Widen(TOps.Pairs(magnitude, TOps.Xor(weights, flip))));
}

/// <summary>Writes sixteen rows, those beyond the last left out, and tokens likewise.</summary>
internal static unsafe class WideStore<TOps, T>
    where TOps : struct, IWideOps<T>
    where T : unmanaged
{
    public static void Four(in ProductJob job, int group, int token, T r0, T r1, T r2, T r3)
    {
        One(job, group, token, r0);
        if (token + 1 < job.Tokens)
            One(job, group, token + 1, r1);
        if (token + 2 < job.Tokens)
            One(job, group, token + 2, r2);
        if (token + 3 < job.Tokens)
            One(job, group, token + 3, r3);
    }

    public static void One(in ProductJob job, int group, int token, T results)
    {
        var row = group * PackedWeights.GroupRows;
        var output = job.TokenOutput(token);
        if (row + PackedWeights.GroupRows <= job.W.Rows)
        {
            TOps.Store(results, output + row);
            return;
        }
        var buffer = stackalloc float[PackedWeights.GroupRows];
        TOps.Store(results, buffer);
        PackedWeights.Store(buffer, output, row, PackedWeights.GroupRows, job.W.Rows);
    }
}
