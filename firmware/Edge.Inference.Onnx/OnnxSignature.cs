using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Edge.Inference.Onnx;

/// <summary>One layer's keys or values: (batch, heads, positions, head) in and out.</summary>
/// <param name="Past">Name of the input.</param>
/// <param name="Present">Name of the output.</param>
/// <param name="Half">Elements are fp16 rather than fp32.</param>
internal sealed record OnnxCacheTensor(string Past, string Present, int Heads, int HeadDim, bool Half)
{
    /// <summary>Bytes of all heads at one position.</summary>
    public long PositionBytes => (long)Heads * HeadDim * (Half ? 2 : sizeof(float));

    public TensorElementType Type => Half ? TensorElementType.Float16 : TensorElementType.Float;
}

/// <summary>
/// The inputs and outputs of a decoder with a key-value cache, by the names that exporters give them: input_ids,
/// attention_mask, position_ids, past_key_values.N.key and .value; logits, present.N.key and .value. A model that needs
/// something else is refused by its name.
/// </summary>
internal sealed class OnnxSignature
{
    public const string Ids = "input_ids";
    public const string Mask = "attention_mask";
    public const string PositionIds = "position_ids";
    public const string Logits = "logits";

    private readonly string file;
    private readonly InferenceSession session;

    private OnnxSignature(string file, InferenceSession session) => (this.file, this.session) = (file, session);

    public bool HasMask { get; private set; }

    public bool HasPositions { get; private set; }

    /// <summary>Keys and values of every layer.</summary>
    public IReadOnlyList<OnnxCacheTensor> Cache { get; private set; } = [];

    public int VocabSize { get; private set; }

    /// <summary>Logits are fp16 rather than fp32.</summary>
    public bool HalfLogits { get; private set; }

    /// <exception cref="ModelFormatException">It is not a decoder that Edge can drive.</exception>
    public static OnnxSignature Read(string file, InferenceSession session)
    {
        var signature = new OnnxSignature(file, session);
        signature.ReadInputs();
        signature.ReadLogits();
        return signature;
    }

    private void ReadInputs()
    {
        if (!session.InputMetadata.ContainsKey(Ids))
            throw Bad($"has no input {Ids}: it is not a decoder as exporters write them");
        var layers = 0;
        while (session.InputMetadata.ContainsKey(PastName(layers, "key")))
            layers++;
        if (layers == 0)
            throw Bad($"has no input {PastName(0, "key")}: export it again with a key-value cache");

        var cache = new List<OnnxCacheTensor>();
        for (var layer = 0; layer < layers; layer++)
        {
            cache.Add(ReadCache(layer, "key"));
            cache.Add(ReadCache(layer, "value"));
        }
        Cache = cache;
        var known = cache.Select(tensor => tensor.Past).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, input) in session.InputMetadata)
        {
            if (known.Contains(name))
                continue;
            if (name is not (Ids or Mask or PositionIds))
                throw Bad($"needs the input {Printable.Show(name)}, which Edge does not know");
            Expect($"input {name}", input, 2, TensorElementType.Int64);
            HasMask |= name == Mask;
            HasPositions |= name == PositionIds;
        }
    }

    private void ReadLogits()
    {
        var logits = Output(Logits);
        Expect($"output {Logits}", logits, 3, TensorElementType.Float, TensorElementType.Float16);
        VocabSize = logits.Dimensions[2] is >= 1 and <= ModelLimits.VocabMax
            ? logits.Dimensions[2]
            : throw Bad($"output {Logits} must end in 1 to {ModelLimits.VocabMax:N0} values, found {Shape(logits)}");
        HalfLogits = logits.ElementDataType == TensorElementType.Float16;
    }

    private OnnxCacheTensor ReadCache(int layer, string part)
    {
        var name = PastName(layer, part);
        if (!session.InputMetadata.TryGetValue(name, out var past))
            throw Bad($"has no input {name}");
        Expect($"input {name}", past, 4, TensorElementType.Float, TensorElementType.Float16);
        var (heads, head) = (past.Dimensions[1], past.Dimensions[3]);
        if (
            heads is < 1 or > ModelLimits.HeadsMax
            || head is < 1 or > ModelLimits.HeadDimMax
            || past.Dimensions[2] >= 0
        )
            throw Bad($"input {name} must have the shape (batch, heads, positions, head), found {Shape(past)}");
        var presentName = string.Create(CultureInfo.InvariantCulture, $"present.{layer}.{part}");
        Expect($"output {presentName}", Output(presentName), 4, past.ElementDataType);
        return new OnnxCacheTensor(name, presentName, heads, head, past.ElementDataType == TensorElementType.Float16);
    }

    private static string PastName(int layer, string part) =>
        string.Create(CultureInfo.InvariantCulture, $"past_key_values.{layer}.{part}");

    private NodeMetadata Output(string name) =>
        session.OutputMetadata.TryGetValue(name, out var output) ? output : throw Bad($"has no output {name}");

    private void Expect(string what, NodeMetadata found, int rank, params ReadOnlySpan<TensorElementType> types)
    {
        if (!found.IsTensor || !types.Contains(found.ElementDataType) || found.Dimensions.Length != rank)
            throw Bad(
                $"{what} must be a tensor of {rank} dimensions of {string.Join(" or ", types.ToArray())}, found {(found.IsTensor ? $"{found.ElementDataType} {Shape(found)}" : found.OnnxValueType)}"
            );
    }

    private static string Shape(NodeMetadata tensor) =>
        $"({string.Join(", ", tensor.Dimensions.Select(dim => dim < 0 ? "any" : dim.ToString(CultureInfo.InvariantCulture)))})";

    private ModelFormatException Bad(string message) => new($"{file}: {message}.");
}
