using System.Globalization;
using Edge.Conversion.Sources;
using Edge.Conversion.Vocabularies;
using Edge.Conversion.Weights;
using Edge.Inference;
using Edge.Inference.Kernels;
using Edge.Inference.Llama2c;

namespace Edge.Conversion.Targets;

/// <summary>llama2.c version 0 (fp32) or 2 (int8), with a tokenizer.bin where the format can say what the vocabulary is.
/// What llama2.c has fixed in its code cannot be otherwise in the model.</summary>
internal sealed class Llama2cTarget : IModelTarget
{
    public const string TokenizerName = "tokenizer.bin";

    private const float RopeTheta = 10000f;
    private const float NormEpsilon = 1e-5f;

    private readonly SourceModel source;
    private readonly Dictionary<string, SourceTensor> tensors;
    private readonly int version;
    private readonly int groupSize;

    /// <exception cref="ModelFormatException">llama2.c would compute the model in another way.</exception>
    public Llama2cTarget(SourceModel source, TensorType? asked)
    {
        this.source = source;
        tensors = source.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        RefuseWhatLlama2cCannotSay();
        version = asked switch
        {
            TensorType.F32 => 0,
            TensorType.Q8_0 => 2,
            null => source.WeightType is TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q8Planar ? 2 : 0,
            _ => throw new ArgumentException(
                $"a llama2.c file is f32 or q8_0, not {asked.Value.ToString().ToLowerInvariant()}"
            ),
        };
        if (version == 2)
            groupSize = ChooseGroupSize();
        if (source.Vocabulary is { } vocabulary)
        {
            var bytes = Llama2cVocabulary.Write(vocabulary, out var reason);
            Companion = bytes is null ? null : (TokenizerName, bytes);
            if (reason is not null)
                source.Notes.Add(
                    $"no {TokenizerName} was written: {reason}; run it with --tokenizer and the model's own"
                );
        }
    }

    public long FileBytes => 0;

    public (string Name, byte[] Bytes)? Companion { get; }

    /// <summary>Vectors are written at once.</summary>
    public long WorkTotal => source.Tensors.Sum(tensor => tensor.IsVector ? tensor.Elements : 2 * tensor.Elements);

    public void Write(Stream to, Work work)
    {
        var writer = new TensorWriter(work);
        new Llama2cWriter(to, version, source.Config, groupSize)
        {
            AttentionNorm = layer => Tensor(layer, "attn_norm").Values,
            FeedForwardNorm = layer => Tensor(layer, "ffn_norm").Values,
            OutputNorm = tensors[LlamaTensors.OutputNorm].Values,
            WriteMatrix = (matrix, layer) =>
            {
                var tensor = TensorOf(matrix, layer);
                if (version == 0)
                    writer.Write(tensor, TensorType.F32, to);
                else
                    writer.WritePlanar(tensor, groupSize, to);
            },
        }.Write();
    }

    public WrittenModel Verify(string path, string? companionPath, Work work)
    {
        using var written = ModelSource.Open(path, companionPath);
        Verification.Need(written.Format == Format, written, $"it is {written.Format}");
        Verification.Compare(source, written, work);
        if (companionPath is not null)
        {
            var difference = source.Vocabulary!.DifferenceFrom(written.Vocabulary!);
            Verification.Need(difference is null, written, $"its tokenizer differs: {difference}");
            using var model = ModelFile.Open(path, companionPath);
        }
        return new WrittenModel(Format, written.WeightType.ToString(), written.Parameters);
    }

    private string Format => string.Create(CultureInfo.InvariantCulture, $"llama2.c v{version}");

    private void RefuseWhatLlama2cCannotSay()
    {
        var config = source.Config;
        if (config.RopeTheta != RopeTheta || source.RopeDivisors is not null)
            throw Bad(
                source.RopeDivisors is null
                    ? $"its rotation has the base {config.RopeTheta:N0}, and llama2.c always takes {RopeTheta:N0}"
                    : "its rotation is scaled, which llama2.c does not do"
            );
        if (config.NormEpsilon != NormEpsilon)
            throw Bad($"its norms add {config.NormEpsilon}, and llama2.c always adds {NormEpsilon}");
        if (config.QueryDim != config.Dim || config.RopeDim != config.HeadDim)
            throw Bad(
                $"{config.Heads} heads of {config.HeadDim}, of which {config.RopeDim} rotate, are not the whole width of {config.Dim}, as llama2.c has it"
            );
        if (config.HeadDim % 2 != 0)
            throw Bad($"its heads are {config.HeadDim} wide, and llama2.c needs an even width");
    }

    private int ChooseGroupSize()
    {
        var matrices = source.Tensors.Where(tensor => !tensor.IsVector).ToList();
        var first = matrices[0];
        if (matrices.All(tensor => tensor.Type == TensorType.Q8Planar && tensor.GroupSize == first.GroupSize))
            return first.GroupSize;
        foreach (var tensor in matrices)
        {
            if (tensor.Columns % Quantizer.GroupSize != 0)
                throw Bad(
                    $"tensor {tensor.Name} has {tensor.Columns:N0} columns, and int8 of llama2.c needs a multiple of {Quantizer.GroupSize}"
                );
        }
        return Quantizer.GroupSize;
    }

    private SourceTensor TensorOf(Llama2cMatrix matrix, int layer) =>
        matrix switch
        {
            Llama2cMatrix.Embedding => tensors[LlamaTensors.Embedding],
            Llama2cMatrix.Query => Tensor(layer, "attn_q"),
            Llama2cMatrix.Key => Tensor(layer, "attn_k"),
            Llama2cMatrix.Value => Tensor(layer, "attn_v"),
            Llama2cMatrix.AttentionOutput => Tensor(layer, "attn_output"),
            Llama2cMatrix.Gate => Tensor(layer, "ffn_gate"),
            Llama2cMatrix.Down => Tensor(layer, "ffn_down"),
            Llama2cMatrix.Up => Tensor(layer, "ffn_up"),
            _ => tensors[LlamaTensors.Output],
        };

    private SourceTensor Tensor(int layer, string part) => tensors[LlamaTensors.InLayer(layer, part)];

    private ModelFormatException Bad(string reason) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(source.Path)}: {reason}. Convert it to .gguf."
            )
        );
}
