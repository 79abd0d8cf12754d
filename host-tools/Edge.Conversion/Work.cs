namespace Edge.Conversion;

/// <summary>Counts what is done, tells whoever watches, and stops when asked to.</summary>
internal sealed class Work(IProgress<ConversionProgress>? progress, CancellationToken cancellation)
{
    private long done;

    /// <summary>Weights to pass in all.</summary>
    public long Total { get; set; }

    /// <exception cref="OperationCanceledException">Whoever waits does not want it any more.</exception>
    public void Pass(long weights, string tensor)
    {
        cancellation.ThrowIfCancellationRequested();
        done += weights;
        progress?.Report(new ConversionProgress(done, Total, tensor));
    }
}
