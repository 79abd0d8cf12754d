using System.Globalization;
using Edge.Conversion.Onnx;

namespace Edge.Inference.Onnx.Tests;

/// <summary>A decoder made by hand whose only layer is com.microsoft.GroupQueryAttention over keys of zero and the ids as
/// values: every logit is the mean of the ids so far.</summary>
internal static class AveragingModel
{
    private const int Head = 16;
    private const long Int32 = 6;

    public static void Write(string path)
    {
        var graph = new OnnxGraph();
        graph.Input("input_ids", OnnxType.Int64, "b", "s");
        graph.Input("attention_mask", OnnxType.Int64, "b", "t");
        foreach (var part in (string[])["key", "value"])
        {
            graph.Input($"past_key_values.0.{part}", OnnxType.Float, "b", "1", "p", "16");
            graph.Output($"present.0.{part}", OnnxType.Float, "b", "1", "t", "16");
        }
        graph.Output("logits", OnnxType.Float, "b", "s", SmallLlama.Vocab.ToString(CultureInfo.InvariantCulture));
        graph.AddFloats("ones", [1, Head], [.. Enumerable.Repeat(1f, Head)]);
        graph.AddFloats("zero", [], [0]);
        graph.AddFloats("spread", [Head, SmallLlama.Vocab], [.. Enumerable.Repeat(1f / Head, Head * SmallLlama.Vocab)]);
        graph.AddIntegers("one", scalar: true, 1);
        graph.AddIntegers("axis.1", scalar: false, 1);
        graph.AddIntegers("axis.last", scalar: false, -1);

        var ids = graph.Node("Cast", ["ids"], ["input_ids"], [("to", (long)OnnxType.Float)]);
        var values = graph.Node("MatMul", "values", graph.Node("Unsqueeze", "column", ids, "axis.last"), "ones");
        var zeros = graph.Node("Mul", "zeros", values, "zero");
        var count = graph.Node("ReduceSum", ["count"], ["attention_mask", "axis.1"], [("keepdims", 0L)]);
        var before = graph.Node("Cast", ["before"], [graph.Node("Sub", "less", count, "one")], [("to", Int32)]);
        var length = graph.Node("Gather", "length", graph.Node("Shape", "shape", "attention_mask"), "one");
        var total = graph.Node("Cast", ["total"], [length], [("to", Int32)]);
        var mean = graph.Node(
            "GroupQueryAttention",
            ["mean", "present.0.key", "present.0.value"],
            [zeros, zeros, values, "past_key_values.0.key", "past_key_values.0.value", before, total],
            [("num_heads", 1L), ("kv_num_heads", 1L)],
            OnnxGraph.MicrosoftDomain
        );
        graph.Node("MatMul", "logits", mean, "spread");
        graph.AddMetadata(OnnxText.TokenizerKey, Convert.ToBase64String(AddingModel.VocabularyBytes()));
        using var stream = File.Create(path);
        graph.WriteTo(stream);
    }
}
