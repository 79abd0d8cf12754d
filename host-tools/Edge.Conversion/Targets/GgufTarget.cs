using Edge.Conversion.Sources;
using Edge.Conversion.Weights;
using Edge.Inference;
using Edge.Inference.Gguf;

namespace Edge.Conversion.Targets;

/// <summary>GGUF version 3. The metadata of a GGUF goes through as it is, but for what the storage type changes; that of
/// other models is made.</summary>
internal sealed class GgufTarget : IModelTarget
{
    private const string FileTypeKey = "general.file_type";
    private const string QuantizationKey = "general.quantization_version";

    /// <summary>Of the layout of quantised blocks; the one that every reader of today has.</summary>
    private const uint QuantizationVersion = 2;

    private readonly SourceModel source;
    private readonly TensorType? asked;

    /// <exception cref="ModelFormatException">The source has no tokenizer.</exception>
    public GgufTarget(SourceModel source, TensorType? asked)
    {
        if (source.Vocabulary is null)
            throw new ModelFormatException(
                $"{Path.GetFileName(source.Path)}: a GGUF holds the tokenizer too, and there is none with this model. Name one with --tokenizer FILE."
            );
        this.source = source;
        this.asked = asked;
        FileBytes = Writer(new Work(null, default)).FileBytes();
    }

    public long FileBytes { get; }

    public (string Name, byte[] Bytes)? Companion => null;

    public long WorkTotal => 2 * source.Tensors.Sum(tensor => tensor.Elements);

    public void Write(Stream to, Work work) => Writer(work).WriteTo(to);

    public WrittenModel Verify(string path, string? companionPath, Work work)
    {
        using var written = ModelSource.Open(path, tokenizerPath: null);
        Verification.Compare(source, written, work);
        var difference = source.Vocabulary!.DifferenceFrom(written.Vocabulary!);
        Verification.Need(difference is null, written, $"its tokenizer differs: {difference}");
        Verification.Need(source.ChatTemplate == written.ChatTemplate, written, "its chat template differs");

        // As the engine will open it.
        using var model = ModelFile.Open(path);
        return new WrittenModel(model.Format, model.WeightType, model.ParameterCount);
    }

    private GgufWriter Writer(Work work)
    {
        var writer = new GgufWriter();
        if (source.Metadata is { } metadata)
            CopyMetadata(metadata.Metadata, writer);
        else
            MakeMetadata(writer);
        var tensors = new TensorWriter(work);
        foreach (var tensor in source.Tensors)
        {
            var type = TensorWriter.TypeFor(tensor, asked);
            writer.AddTensor(tensor.Name, type, tensor.Dims, to => tensors.Write(tensor, type, to));
        }
        return writer;
    }

    private void CopyMetadata(GgufMetadata metadata, GgufWriter writer)
    {
        foreach (var (key, value) in metadata)
        {
            // The alignment is the writer's own.
            var replaced = key == "general.alignment" || (asked is not null && key is FileTypeKey or QuantizationKey);
            var tokenizer = key.StartsWith("tokenizer.ggml.", StringComparison.Ordinal) && !source.VocabularyIsOwn;
            if (!replaced && !tokenizer)
                writer.Copy(key, value);
        }
        if (asked is { } type)
            SetFileType(writer, type);
        if (!source.VocabularyIsOwn)
            source.Vocabulary!.WriteTo(writer);
    }

    private void MakeMetadata(GgufWriter writer)
    {
        var config = source.Config;
        writer
            .Set("general.architecture", "llama")
            .Set("general.name", source.Name)
            .Set("llama.context_length", (uint)config.ContextLength)
            .Set("llama.embedding_length", (uint)config.Dim)
            .Set("llama.block_count", (uint)config.Layers)
            .Set("llama.feed_forward_length", (uint)config.HiddenDim)
            .Set("llama.attention.head_count", (uint)config.Heads)
            .Set("llama.attention.head_count_kv", (uint)config.KvHeads)
            .Set("llama.attention.key_length", (uint)config.HeadDim)
            .Set("llama.attention.value_length", (uint)config.HeadDim)
            .Set("llama.attention.layer_norm_rms_epsilon", config.NormEpsilon)
            .Set("llama.rope.dimension_count", (uint)config.RopeDim)
            .Set("llama.rope.freq_base", config.RopeTheta)
            .Set("llama.vocab_size", (uint)config.VocabSize);
        if (source.LinearRopeFactor != 1)
            writer.Set("llama.rope.scaling.type", "linear").Set("llama.rope.scaling.factor", source.LinearRopeFactor);
        SetFileType(writer, asked ?? TensorWriter.TypeFor(source.Tensors.First(t => !t.IsVector), null));
        source.Vocabulary!.WriteTo(writer);
        if (source.ChatTemplate is { } template)
            writer.Set("tokenizer.chat_template", template);
    }

    private static void SetFileType(GgufWriter writer, TensorType type)
    {
        writer.Set(
            FileTypeKey,
            type switch
            {
                TensorType.F32 => 0u,
                TensorType.F16 => 1u,
                TensorType.Q4_0 => 2u,
                TensorType.Q8_0 => 7u,
                _ => 32u, // BF16
            }
        );
        if (type is TensorType.Q8_0 or TensorType.Q4_0)
            writer.Set(QuantizationKey, QuantizationVersion);
    }
}
