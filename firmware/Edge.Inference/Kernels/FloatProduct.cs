using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>Products with fp32, fp16 and bfloat16 weights; every element is a <see cref="FloatDot"/>.</summary>
internal static unsafe class FloatProduct
{
    /// <summary>Floats of a panel of widened rows: two long ones, or as many shorter ones as stay in the first cache
    /// while all tokens pass by.</summary>
    private const int PanelLength = 16384;

    private const int CachedLength = 8192;

    private const int PanelRowsMax = 32;

    public static RowsProduct Choose<TRow>(InstructionSet set)
        where TRow : struct, IFloatRow =>
        set switch
        {
            InstructionSet.Avx512 => Rows<Avx512Dot, TRow>,
            InstructionSet.Avx2 => Rows<Avx2Dot, TRow>,
            InstructionSet.Scalar => Rows<ScalarDot, TRow>,
            _ => Rows<Vector128Dot, TRow>,
        };

    private static void Rows<TDot, TRow>(in ProductJob job, int firstRow, int endRow)
        where TDot : struct, IDot
        where TRow : struct, IFloatRow
    {
        if (job.Tokens > 1)
        {
            Panels<TDot, TRow>(job, firstRow, endRow);
            return;
        }
        for (var r = firstRow; r < endRow; r++)
            job.Output[r] = TDot.Float(TRow.Load(job.W, r, job.Scratch), job.X.Values, job.W.Columns);
    }

    /// <summary>A few rows are widened once and meet all tokens, three at a time. A row too long for the panel has the
    /// scratch for itself.</summary>
    [SkipLocalsInit]
    private static void Panels<TDot, TRow>(in ProductJob job, int firstRow, int endRow)
        where TDot : struct, IDot
        where TRow : struct, IFloatRow
    {
        var columns = job.W.Columns;
        var fits = columns <= PanelLength / FloatTile.Rows;
        var panelRows =
            fits || TRow.InPlace ? Math.Clamp(CachedLength / Math.Max(1, columns), FloatTile.Rows, PanelRowsMax) : 1;
        var panel = stackalloc float[TRow.InPlace ? 1 : PanelLength];
        var buffer = fits ? panel : job.Scratch;
        var rows = stackalloc float*[PanelRowsMax];
        for (var first = firstRow; first < endRow; first += panelRows)
        {
            var count = Math.Min(panelRows, endRow - first);
            for (var i = 0; i < count; i++)
                rows[i] = TRow.Load(job.W, first + i, buffer + ((nint)i * columns));
            for (var token = 0; token < job.Tokens; token += FloatTile.Tokens)
            for (var i = 0; i < count; i += FloatTile.Rows)
                Tile<TDot>(job, rows + i, first + i, Math.Min(FloatTile.Rows, count - i), token);
        }
    }

    /// <summary>Rows and tokens beyond the last: the last once more, left out.</summary>
    private static void Tile<TDot>(in ProductJob job, float** rows, int row, int count, int token)
        where TDot : struct, IDot
    {
        var columns = job.W.Columns;
        var tokens = Math.Min(FloatTile.Tokens, job.Tokens - token);
        var x = job.X.Values + ((long)token * columns);
        if (tokens == 1)
        {
            for (var i = 0; i < count; i++)
                job.TokenOutput(token)[row + i] = TDot.Float(rows[i], x, columns);
            return;
        }
        var results = stackalloc float[FloatTile.Rows * FloatTile.Tokens];
        TDot.Tile(rows[0], rows[count - 1], x, x + columns, x + ((nint)(tokens - 1) * columns), columns, results);
        for (var t = 0; t < tokens; t++)
        for (var i = 0; i < count; i++)
            job.TokenOutput(token + t)[row + i] = results[(i * FloatTile.Tokens) + t];
    }
}

/// <summary>A row of floating-point weights as fp32: where it lies, or widened into the scratch.</summary>
internal unsafe interface IFloatRow
{
    /// <summary>Whether rows are read where they lie.</summary>
    static abstract bool InPlace { get; }

    static abstract float* Load(in Matrix w, int row, float* scratch);
}

internal readonly unsafe struct F32Row : IFloatRow
{
    public static bool InPlace => true;

    public static float* Load(in Matrix w, int row, float* scratch) => (float*)(w.Data + (row * w.RowBytes));
}

internal readonly unsafe struct F16Row : IFloatRow
{
    public static bool InPlace => false;

    public static float* Load(in Matrix w, int row, float* scratch)
    {
        HalfBits.WidenAll((ushort*)(w.Data + (row * w.RowBytes)), scratch, w.Columns);
        return scratch;
    }
}

/// <summary>bfloat16 is the upper half of fp32.</summary>
internal readonly unsafe struct BF16Row : IFloatRow
{
    public static bool InPlace => false;

    public static float* Load(in Matrix w, int row, float* scratch)
    {
        var upper = (ushort*)(w.Data + (row * w.RowBytes));
        var c = 0;
        for (; c + 8 <= w.Columns; c += 8)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(upper + c));
            (low << 16).AsSingle().Store(scratch + c);
            (high << 16).AsSingle().Store(scratch + c + 4);
        }
        for (; c < w.Columns; c++)
            scratch[c] = BitConverter.Int32BitsToSingle(Unsafe.ReadUnaligned<ushort>(upper + c) << 16);
        return scratch;
    }
}
