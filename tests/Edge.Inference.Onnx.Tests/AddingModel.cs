using Edge.Conversion.Onnx;
using Edge.Inference.Gguf;

namespace Edge.Inference.Onnx.Tests;

/// <summary>
/// A decoder made by hand: its cache holds the ids so far, and every logit is their sum plus its own index times minus
/// one thousandth, so that token 0 is the likeliest. The settings are the ways in which exporters differ, and mistakes.
/// </summary>
internal sealed record AddingModel
{
    private const OnnxType Half = (OnnxType)10;

    public int Vocab { get; init; } = SmallLlama.Vocab;
    public bool HalfCache { get; init; }
    public bool HalfLogits { get; init; }
    public bool Mask { get; init; }
    public bool Positions { get; init; }
    public bool Tokenizer { get; init; } = true;

    /// <summary>Inputs and outputs by their right name that get another.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>();

    /// <summary>An input that no decoder has.</summary>
    public string? Extra { get; init; }

    public void Write(string path)
    {
        var graph = new OnnxGraph();
        var cache = HalfCache ? Half : OnnxType.Float;
        var logits = HalfLogits ? Half : OnnxType.Float;
        graph.Input(Name("input_ids"), OnnxType.Int64, "b", "s");
        if (Mask)
            graph.Input("attention_mask", OnnxType.Int64, "b", "t");
        if (Positions)
            graph.Input("position_ids", OnnxType.Int64, "b", "s");
        if (Extra is not null)
            graph.Input(Extra, OnnxType.Int64, "b");
        foreach (var part in (string[])["key", "value"])
        {
            graph.Input(Name($"past_key_values.0.{part}"), cache, "b", "1", "p", "1");
            graph.Output(Name($"present.0.{part}"), cache, "b", "1", "t", "1");
        }
        graph.Output(Name("logits"), logits, "b", "s", Vocab.ToString());

        graph.AddIntegers("new", scalar: false, 1, 1, -1, 1);
        graph.AddIntegers("rows", scalar: false, 1, -1, 1);
        graph.AddIntegers("all", scalar: false, 0, 1, 2, 3);
        graph.AddFloats("slope", [Vocab], [.. Enumerable.Range(0, Vocab).Select(i => i * -0.001f)]);
        var ids = graph.Node("Cast", ["ids"], [Name("input_ids")], [("to", (long)cache)]);
        var column = graph.Node("Reshape", "column", ids, "new");
        foreach (var part in (string[])["key", "value"])
            graph.Node(
                "Concat",
                [Name($"present.0.{part}")],
                [Name($"past_key_values.0.{part}"), column],
                [("axis", 2L)]
            );
        var wide = graph.Node("Cast", ["wide"], [Name("present.0.key")], [("to", (long)OnnxType.Float)]);
        var sum = graph.Node("ReduceSum", ["sum"], [wide, "all"], [("keepdims", 0L)]);
        if (Positions)
            sum = graph.Node("Add", "with.positions", sum, SumOf("position_ids"));
        if (Mask)
            sum = graph.Node("Add", "with.mask", sum, SumOf("attention_mask"));
        var zeros = graph.Node(
            "Mul",
            "zeros",
            graph.Node("Reshape", "id.rows", Float(Name("input_ids")), "rows"),
            Zero()
        );
        var row = graph.Node("Add", "row", graph.Node("Add", "row.sum", zeros, sum), "slope");
        graph.Node("Cast", [Name("logits")], [row], [("to", (long)logits)]);
        if (Tokenizer)
            graph.AddMetadata(OnnxText.TokenizerKey, Convert.ToBase64String(VocabularyBytes()));
        using var stream = File.Create(path);
        graph.WriteTo(stream);

        string Float(string input) => graph.Node("Cast", ["float." + input], [input], [("to", (long)OnnxType.Float)]);
        string Zero() => graph.AddFloats("zero", [], [0]);
        string SumOf(string input) => graph.Node("ReduceSum", ["sum." + input], [Float(input)], [("keepdims", 0L)]);
    }

    public static byte[] VocabularyBytes()
    {
        var writer = new GgufWriter().Set("general.architecture", "llama").Set("general.name", "adder");
        SmallLlama.AddVocabulary(writer);
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    private string Name(string right) => Renamed.GetValueOrDefault(right, right);
}
