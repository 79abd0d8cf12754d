using Edge.Conversion.Vocabularies;
using Edge.Conversion.Weights;
using Edge.Inference;
using Edge.Inference.Gguf;

namespace Edge.Conversion;

/// <summary>A model on its way from one format to another: its shape, its weights (still in their mapped files), its
/// vocabulary. Disposing unmaps the weights.</summary>
internal sealed class SourceModel(params IReadOnlyList<IDisposable> owned) : IDisposable
{
    /// <summary>The file or folder.</summary>
    public required string Path { get; init; }

    /// <summary>"GGUF v3", "llama2.c v0", "safetensors".</summary>
    public required string Format { get; init; }

    public required string Name { get; init; }

    public required ModelConfig Config { get; init; }

    /// <summary>By their GGUF names, in the order in which a GGUF has them.</summary>
    public required IReadOnlyList<SourceTensor> Tensors { get; init; }

    /// <summary>What the rotation frequencies are divided by, scaling of every kind included; null for 1.</summary>
    public float[]? RopeDivisors { get; init; }

    /// <summary>Linear scaling alone, which a GGUF has in its metadata and not in a tensor; 1 for none.</summary>
    public float LinearRopeFactor { get; init; } = 1;

    /// <summary>Null when there is no tokenizer at hand.</summary>
    public ModelVocabulary? Vocabulary { get; init; }

    /// <summary>The Jinja text.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The GGUF whose metadata goes into the new file as it is; null where it has to be made.</summary>
    public GgufFile? Metadata { get; init; }

    /// <summary>Whether <see cref="Vocabulary"/> is the one in <see cref="Metadata"/>.</summary>
    public bool VocabularyIsOwn { get; init; } = true;

    /// <summary>What could not be carried over so far.</summary>
    public List<string> Notes { get; } = [];

    public long Parameters => Tensors.Where(tensor => tensor.Name != LlamaTensors.RopeFactors).Sum(t => t.Elements);

    /// <summary>The type that most bytes of matrices have.</summary>
    public TensorType WeightType =>
        Tensors.Where(tensor => !tensor.IsVector).GroupBy(t => t.Type).MaxBy(group => group.Sum(t => t.Bytes))!.Key;

    public void Dispose()
    {
        foreach (var item in owned)
            item.Dispose();
    }
}
