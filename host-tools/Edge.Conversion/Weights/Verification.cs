using Edge.Inference;

namespace Edge.Conversion.Weights;

/// <summary>Compares what was written with what it was made from, number by number.</summary>
internal static class Verification
{
    /// <exception cref="IOException">Something is not what it should be: the message says where.</exception>
    public static void Compare(SourceModel source, SourceModel written, Work work)
    {
        Need(written.Config == source.Config, written, $"its shape is {written.Config}, not {source.Config}");
        Need(
            (source.RopeDivisors ?? []).AsSpan().SequenceEqual(written.RopeDivisors ?? []),
            written,
            "its rotation is scaled in another way"
        );
        Need(source.Tensors.Count == written.Tensors.Count, written, $"it has {written.Tensors.Count} tensors");
        var byName = written.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var tensor in source.Tensors)
        {
            Need(byName.TryGetValue(tensor.Name, out var copy), written, $"tensor {tensor.Name} is not there");
            Need(tensor.Dims.SequenceEqual(copy!.Dims), written, $"tensor {tensor.Name} has another shape");
            CompareTensor(tensor, copy, written, work);
        }
    }

    /// <exception cref="IOException">The condition does not hold.</exception>
    public static void Need(bool condition, SourceModel written, string trouble)
    {
        if (!condition)
            throw new IOException(
                $"{Path.GetFileName(written.Path)} was read back and is not what was written: {trouble}. Nothing was kept; try another disk."
            );
    }

    private static void CompareTensor(SourceTensor source, SourceTensor written, SourceModel model, Work work)
    {
        var expected = new float[source.Columns];
        var found = new float[source.Columns];
        for (var row = 0; row < source.Rows; row++)
        {
            source.ReadRow(row, expected);
            written.ReadRow(row, found);
            // Every 32 of a quantised row have a scale of their own, so that their errors are of one size.
            for (var at = 0; at < expected.Length; at += 32)
            {
                var count = Math.Min(32, expected.Length - at);
                ReadOnlySpan<float> e = expected.AsSpan(at, count);
                ReadOnlySpan<float> f = found.AsSpan(at, count);
                if (!e.SequenceEqual(f) && (source.Type == written.Type || !Near(e, f, written.Type)))
                    Need(
                        false,
                        model,
                        $"tensor {source.Name} differs in row {row:N0}, columns {at:N0} to {at + count - 1:N0}"
                    );
            }
            work.Pass(source.Columns, source.Name);
        }
    }

    /// <summary>Within what rounding to the type costs: half a step, and the rounding of the scale to 11 bits.</summary>
    private static bool Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, TensorType type)
    {
        const float halfStep = 1 / 2048f;
        const float smallestHalf = 1 / 16777216f;
        var largest = 0f;
        foreach (var value in expected)
            largest = MathF.Max(largest, MathF.Abs(value));
        var scale = type switch
        {
            TensorType.Q8_0 or TensorType.Q8Planar => (largest * ((0.51f / 127) + halfStep)) + (127 * smallestHalf),
            // The far side of a block of four bits ends a step early.
            TensorType.Q4_0 => (largest * ((1.01f / 8) + halfStep)) + (8 * smallestHalf),
            _ => 0,
        };
        for (var i = 0; i < expected.Length; i++)
        {
            var allowed = type == TensorType.F16 ? (MathF.Abs(expected[i]) * halfStep) + smallestHalf : scale;
            if (!(MathF.Abs(expected[i] - found[i]) <= allowed))
                return false;
        }
        return true;
    }
}
