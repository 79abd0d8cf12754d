using System.Numerics.Tensors;

namespace Edge.Training.Kernels;

/// <summary>Rows of the embedding table, and the way back.</summary>
internal static unsafe class Embedding
{
    /// <summary>x[i] = table[tokens[i]].</summary>
    public static void Forward(Compute compute, float* table, int[] tokens, float* x, int dim)
    {
        const int RowBlock = 64;
        compute.For(
            (tokens.Length + RowBlock - 1) / RowBlock,
            (block, _) =>
            {
                for (var i = block * RowBlock; i < Math.Min(tokens.Length, (block + 1) * RowBlock); i++)
                    new ReadOnlySpan<float>(table + ((long)tokens[i] * dim), dim).CopyTo(
                        new Span<float>(x + ((long)i * dim), dim)
                    );
            }
        );
    }

    /// <summary>dTable[tokens[i]] += dx[i]. Threads share the columns, so every sum runs in the order of the tokens.</summary>
    public static void Backward(Compute compute, int[] tokens, float* dx, float* dTable, int dim)
    {
        const int ColumnBlock = 64;
        compute.For(
            (dim + ColumnBlock - 1) / ColumnBlock,
            (block, _) =>
            {
                var first = block * ColumnBlock;
                var width = Math.Min(ColumnBlock, dim - first);
                for (var i = 0; i < tokens.Length; i++)
                {
                    var row = new Span<float>(dTable + ((long)tokens[i] * dim) + first, width);
                    TensorPrimitives.Add(row, new ReadOnlySpan<float>(dx + ((long)i * dim) + first, width), row);
                }
            }
        );
    }
}
