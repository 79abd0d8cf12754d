namespace Edge.Training.Kernels;

/// <summary>A matrix of floats somewhere in memory. Transposing it swaps the numbers, not the data.</summary>
/// <param name="rowStep">Floats from one row to the next.</param>
/// <param name="columnStep">Floats from one column to the next; one of the two steps is 1.</param>
internal readonly unsafe struct MatrixView(float* data, int rows, int columns, nint rowStep, nint columnStep)
{
    /// <summary>Row-major, rows side by side.</summary>
    public MatrixView(float* data, int rows, int columns)
        : this(data, rows, columns, columns, 1) { }

    /// <summary>Row-major, a part of wider rows.</summary>
    public MatrixView(float* data, int rows, int columns, nint rowStep)
        : this(data, rows, columns, rowStep, 1) { }

    public float* Data { get; } = data;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public nint RowStep { get; } = rowStep;

    public nint ColumnStep { get; } = columnStep;

    public MatrixView Transposed => new(Data, Columns, Rows, ColumnStep, RowStep);
}
