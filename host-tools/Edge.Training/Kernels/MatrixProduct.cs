using System.Runtime.Intrinsics;

namespace Edge.Training.Kernels;

/// <summary>
/// C = A B for fp32 matrices, any of them transposed: the three products of a linear layer (y = x Wt, dx = dy W,
/// dW = dyt x) are one routine over views. B is packed in strips of two vectors and blocks of the inner dimension that
/// stay in the first-level cache; rows of A are read where they are, or packed when they run down columns. The order of
/// every sum is fixed by the block size alone, so threads change no bit.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Inner elements of a block: a strip of B is then 16 KiB with 256-bit vectors.</summary>
    public const int InnerBlock = 256;

    /// <summary>Rows of A that one piece of work takes, a multiple of the tile's rows.</summary>
    private const int RowBlock = 48;

    /// <summary>Columns of a strip of B: two vectors.</summary>
    public static int Strip { get; } =
        Vector512.IsHardwareAccelerated ? 32
        : Vector256.IsHardwareAccelerated ? 16
        : 8;

    /// <summary>C = A B, or C += A B, on all threads.</summary>
    /// <param name="a">(m, k).</param>
    /// <param name="b">(k, n).</param>
    /// <param name="c">(m, n), columns side by side; overlaps neither.</param>
    public static void Multiply(Compute compute, MatrixView a, MatrixView b, MatrixView c, bool add = false)
    {
        Check(a, b, c);
        var strips = (b.Columns + Strip - 1) / Strip;
        var rowBlocks = (a.Rows + RowBlock - 1) / RowBlock;
        var packsRows = a.ColumnStep != 1;
        // Few rows and many columns: pieces are then blocks of columns too, so that every thread has some.
        var columnBlocks = Math.Clamp(6 * compute.Threads / rowBlocks, 1, strips);
        var stripFloats = (long)strips * Strip * InnerBlock;
        var packed = compute.Shared(stripFloats + (packsRows ? (long)rowBlocks * RowBlock * InnerBlock : 0));
        var packedRows = packed + stripFloats;
        for (var start = 0; start < a.Columns; start += InnerBlock)
        {
            var (from, inner) = (start, Math.Min(InnerBlock, a.Columns - start));
            compute.For(
                strips + (packsRows ? rowBlocks : 0),
                (piece, _) =>
                {
                    if (piece < strips)
                        PackStrip(b, from, inner, piece, packed);
                    else
                        PackBlock(a, from, inner, piece - strips, packedRows);
                }
            );
            compute.For(
                rowBlocks * columnBlocks,
                (piece, _) =>
                {
                    var (block, columns) = (piece / columnBlocks, piece % columnBlocks);
                    var first = strips * columns / columnBlocks;
                    var end = strips * (columns + 1) / columnBlocks;
                    var rows = packsRows ? PackedBlock(a, inner, block, packedRows) : RowsOf(a, from, block);
                    var target = RowsFrom(c, block * RowBlock);
                    Block(
                        rows,
                        inner,
                        packed,
                        Strip * inner,
                        first,
                        end,
                        target,
                        c.RowStep,
                        c.Columns,
                        add || from > 0
                    );
                }
            );
        }
    }

    /// <summary>The same on the calling thread.</summary>
    /// <param name="packed">Room for <see cref="PackedFloats"/>(m, k, n) floats.</param>
    public static void MultiplyHere(MatrixView a, MatrixView b, MatrixView c, bool add, float* packed)
    {
        var strips = (b.Columns + Strip - 1) / Strip;
        var rowBlocks = (a.Rows + RowBlock - 1) / RowBlock;
        var packedRows = packed + ((long)strips * Strip * Math.Min(a.Columns, InnerBlock));
        for (var from = 0; from < a.Columns; from += InnerBlock)
        {
            var inner = Math.Min(InnerBlock, a.Columns - from);
            for (var strip = 0; strip < strips; strip++)
                PackStrip(b, from, inner, strip, packed);
            for (var block = 0; block < rowBlocks; block++)
            {
                var rows = RowsOf(a, from, block);
                if (a.ColumnStep != 1)
                {
                    PackBlock(a, from, inner, block, packedRows);
                    rows = PackedBlock(a, inner, block, packedRows);
                }
                var target = RowsFrom(c, block * RowBlock);
                Block(rows, inner, packed, Strip * inner, 0, strips, target, c.RowStep, c.Columns, add || from > 0);
            }
        }
    }

    /// <summary>Floats that packing the operands of an (m, k) by (k, n) product takes on one thread.</summary>
    public static long PackedFloats(int m, int k, int n) =>
        ((long)((n + Strip - 1) / Strip * Strip) + ((m + RowBlock - 1) / RowBlock * RowBlock))
        * Math.Min(k, InnerBlock);

    private static float* RowsFrom(MatrixView c, int row) => c.Data + (row * c.RowStep);

    /// <summary>Rows of a block of A, where they are.</summary>
    private static TileRows RowsOf(MatrixView a, int from, int block)
    {
        var row = block * RowBlock;
        var data = a.Data + (row * a.RowStep) + (from * a.ColumnStep);
        return new TileRows(data, Math.Min(RowBlock, a.Rows - row), MatrixTile.Rows * a.RowStep, a.RowStep, 1);
    }

    /// <summary>Rows of a block of A as <see cref="PackBlock"/> left them: six by six, inner elements side by side.</summary>
    private static TileRows PackedBlock(MatrixView a, int inner, int block, float* packedRows)
    {
        var row = block * RowBlock;
        var data = packedRows + ((nint)row * inner);
        return new TileRows(data, Math.Min(RowBlock, a.Rows - row), MatrixTile.Rows * inner, 1, MatrixTile.Rows);
    }

    private static void Check(MatrixView a, MatrixView b, MatrixView c)
    {
        if (a.Columns != b.Rows || c.Rows != a.Rows || c.Columns != b.Columns || c.ColumnStep != 1)
            throw new ArgumentException(
                $"({a.Rows}, {a.Columns}) times ({b.Rows}, {b.Columns}) does not give ({c.Rows}, {c.Columns})"
            );
    }

    /// <summary>One block of rows of C from packed strips first to end.</summary>
    /// <param name="stripStep">Floats from one packed strip to the next.</param>
    /// <param name="c">The block's first row, column 0.</param>
    /// <param name="columns">Of C; a last strip may reach beyond and is cut.</param>
    internal static void Block(
        TileRows a,
        int inner,
        float* packed,
        nint stripStep,
        int first,
        int end,
        float* c,
        nint rowStep,
        int columns,
        bool add
    )
    {
        var whole = stackalloc nint[MatrixTile.Rows];
        var last = stackalloc nint[MatrixTile.Rows];
        var spare = stackalloc float[MatrixTile.Rows * Strip];
        // Rows that are not there repeat the last one; their results are dropped.
        for (var i = 0; i < MatrixTile.Rows; i++)
        {
            whole[i] = a.RowStep * i;
            last[i] = a.RowStep * Math.Min(i, (a.Count - 1) % MatrixTile.Rows);
        }
        // The strip outside: it stays in the first-level cache while the rows pass by, which stay in the second.
        for (var strip = first; strip < end; strip++)
        {
            var b = packed + (strip * stripStep);
            var wide = Math.Min(Strip, columns - (strip * Strip));
            var tile = a.Data;
            for (var r = 0; r < a.Count; r += MatrixTile.Rows, tile += a.TileStep)
            {
                var tileRows = Math.Min(MatrixTile.Rows, a.Count - r);
                var target = c + (r * rowStep) + ((nint)strip * Strip);
                if (tileRows == MatrixTile.Rows && wide == Strip)
                {
                    Tile(inner, tile, whole, a.Step, b, target, rowStep, add);
                    continue;
                }
                var offsets = tileRows == MatrixTile.Rows ? whole : last;
                Tile(inner, tile, offsets, a.Step, b, spare, Strip, add: false);
                for (var i = 0; i < tileRows; i++)
                for (var j = 0; j < wide; j++)
                {
                    ref var to = ref target[(i * rowStep) + j];
                    to = add ? spare[(i * Strip) + j] + to : spare[(i * Strip) + j];
                }
            }
        }
    }

    private static void Tile(int inner, float* a, nint* rows, nint step, float* b, float* c, nint columns, bool add)
    {
        if (Vector512.IsHardwareAccelerated)
            MatrixTile.Run<Wide512, Vector512<float>>(inner, a, rows, step, b, c, columns, add);
        else if (Vector256.IsHardwareAccelerated)
            MatrixTile.Run<Wide256, Vector256<float>>(inner, a, rows, step, b, c, columns, add);
        else
            MatrixTile.Run<Wide128, Vector128<float>>(inner, a, rows, step, b, c, columns, add);
    }

    /// <summary>Columns of B of one strip, inner elements from.. on: (inner, Strip), zeros where B has no column.</summary>
    internal static void PackStrip(MatrixView b, int from, int inner, int strip, float* packed) =>
        PackStripTo(b, from, inner, strip, packed + ((nint)strip * Strip * inner));

    internal static void PackStripTo(MatrixView b, int from, int inner, int strip, float* target)
    {
        var first = strip * Strip;
        var columns = Math.Min(Strip, b.Columns - first);
        var source = b.Data + (from * b.RowStep) + (first * b.ColumnStep);
        if (columns < Strip)
            new Span<float>(target, inner * Strip).Clear();
        if (b.ColumnStep == 1)
        {
            for (var k = 0; k < inner; k++)
                new ReadOnlySpan<float>(source + (k * b.RowStep), columns).CopyTo(
                    new Span<float>(target + (k * Strip), columns)
                );
            return;
        }
        for (var j = 0; j < columns; j++)
        {
            var column = source + (j * b.ColumnStep);
            for (var k = 0; k < inner; k++)
                target[(k * Strip) + j] = column[k * b.RowStep];
        }
    }

    /// <summary>A block of rows of A that run down columns, six by six: (tiles, inner, 6).</summary>
    private static void PackBlock(MatrixView a, int from, int inner, int block, float* packedRows)
    {
        var row = block * RowBlock;
        var rows = Math.Min(RowBlock, a.Rows - row);
        var source = a.Data + (row * a.RowStep) + (from * a.ColumnStep);
        var tiles = packedRows + ((nint)row * inner);
        // The inner element outside: its rows lie side by side in memory.
        for (var k = 0; k < inner; k++)
        {
            var element = source + (k * a.ColumnStep);
            var target = tiles + (k * MatrixTile.Rows);
            var r = 0;
            if (a.RowStep == 1)
            {
                for (; r + MatrixTile.Rows <= rows; r += MatrixTile.Rows, target += MatrixTile.Rows * inner)
                {
                    Vector128.Load(element + r).Store(target);
                    *(ulong*)(target + 4) = *(ulong*)(element + r + 4);
                }
            }
            for (; r < rows; r += MatrixTile.Rows, target += MatrixTile.Rows * inner)
            {
                for (var i = 0; i < Math.Min(MatrixTile.Rows, rows - r); i++)
                    target[i] = element[(r + i) * a.RowStep];
            }
        }
    }

    /// <summary>Rows of A as the tile reads them.</summary>
    /// <param name="tileStep">Floats from one tile's first row to the next tile's.</param>
    /// <param name="rowStep">Floats from one row to the next within a tile.</param>
    /// <param name="step">Floats from one inner element to the next.</param>
    internal readonly struct TileRows(float* data, int count, nint tileStep, nint rowStep, nint step)
    {
        public float* Data { get; } = data;

        public int Count { get; } = count;

        public nint TileStep { get; } = tileStep;

        public nint RowStep { get; } = rowStep;

        public nint Step { get; } = step;
    }
}
