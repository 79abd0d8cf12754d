namespace Edge.Training.Data;

/// <summary>An endless order of rows, the same for the same seed; any of them can be asked for.</summary>
internal interface IRowSource
{
    /// <summary>Rows of one pass, about.</summary>
    double RowsPerEpoch { get; }

    /// <summary>Writes a row; the spans have one length.</summary>
    /// <param name="starts">As <see cref="Batch.Starts"/>.</param>
    /// <param name="weights">As <see cref="Batch.Weights"/>.</param>
    void Fill(long row, Span<int> inputs, Span<int> targets, Span<int> starts, Span<float> weights);
}
