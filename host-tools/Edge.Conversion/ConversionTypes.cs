using Edge.Inference;

namespace Edge.Conversion;

/// <summary>How to convert a model.</summary>
public sealed record ConversionOptions
{
    private readonly TensorType? type;

    /// <summary>How matrices are stored: F32, F16, Q8_0 or Q4_0; null keeps what the source has. Vectors are always F32, and
    /// where quantised blocks of 32 do not fit the columns of a matrix, it is F16.</summary>
    public TensorType? Type
    {
        get => type;
        init =>
            type = value is null or TensorType.F32 or TensorType.F16 or TensorType.Q8_0 or TensorType.Q4_0
                ? value
                : throw new ArgumentException($"a model is stored as f32, f16, q8_0 or q4_0, not as {value}");
    }

    /// <summary>A tokenizer to take instead of the source's own: tokenizer.bin, tokenizer.json, tokenizer.model or a GGUF.</summary>
    public string? TokenizerPath { get; init; }
}

/// <summary>How far a conversion is.</summary>
/// <param name="Done">Weights written and weights checked, together.</param>
/// <param name="Total">The same when all is done.</param>
/// <param name="What">The tensor in work.</param>
public readonly record struct ConversionProgress(long Done, long Total, string What);

/// <summary>What was written, after it was read back and compared.</summary>
/// <param name="SourceFormat">"safetensors", "GGUF v3" ...</param>
/// <param name="WeightType">The type that most weight bytes have.</param>
/// <param name="Bytes">Of the model file.</param>
/// <param name="TokenizerPath">A tokenizer file that belongs to it and was written beside it.</param>
/// <param name="Notes">What whoever converts should know: what could not be carried over, and why.</param>
public sealed record ConversionReport(
    string Path,
    string SourceFormat,
    string Format,
    string WeightType,
    long Parameters,
    long Bytes,
    string? TokenizerPath,
    IReadOnlyList<string> Notes
);
