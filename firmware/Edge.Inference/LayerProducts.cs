using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>The products of one layer, and which of its inputs they read quantised.</summary>
internal sealed class LayerProducts(LayerWeights layer, InstructionSet set)
{
    public RowsProduct Query { get; } = MatrixProduct.Choose(layer.Query.Type, set);
    public RowsProduct Key { get; } = MatrixProduct.Choose(layer.Key.Type, set);
    public RowsProduct Value { get; } = MatrixProduct.Choose(layer.Value.Type, set);
    public RowsProduct AttentionOutput { get; } = MatrixProduct.Choose(layer.AttentionOutput.Type, set);
    public RowsProduct Gate { get; } = MatrixProduct.Choose(layer.Gate.Type, set);
    public RowsProduct Up { get; } = MatrixProduct.Choose(layer.Up.Type, set);
    public RowsProduct Down { get; } = MatrixProduct.Choose(layer.Down.Type, set);

    public bool AttentionQuants { get; } = AnyReadsQuants(layer.Query, layer.Key, layer.Value);
    public bool AttendedQuants { get; } = AnyReadsQuants(layer.AttentionOutput);
    public bool FeedForwardQuants { get; } = AnyReadsQuants(layer.Gate, layer.Up);
    public bool HiddenQuants { get; } = AnyReadsQuants(layer.Down);

    private static bool AnyReadsQuants(params ReadOnlySpan<Matrix> matrices)
    {
        foreach (var matrix in matrices)
        {
            if (MatrixProduct.ReadsQuants(matrix.Type))
                return true;
        }
        return false;
    }
}
