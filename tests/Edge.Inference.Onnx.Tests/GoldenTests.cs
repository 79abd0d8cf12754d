using System.Text.Json;
using Edge.Conversion.Onnx;
using Edge.TestKit;

namespace Edge.Inference.Onnx.Tests;

/// <summary>Models exported by us and run by ONNX Runtime, against an independent float64 reference and our engine.</summary>
public sealed class GoldenTests : IDisposable
{
    private readonly TempFolder folder = new();

    public static TheoryData<string, OnnxWeightType, double> Files =>
        new()
        {
            { "plain.f32", OnnxWeightType.F32, 1e-5 },
            { "odd-hidden.f32", OnnxWeightType.F32, 1e-5 },
            { "gqa-untied.f32", OnnxWeightType.F32, 1e-5 },
            { "mqa.f32", OnnxWeightType.F32, 1e-5 },
            { "wide-head.f32", OnnxWeightType.F32, 1e-5 },
            { "theta500k.f32", OnnxWeightType.F32, 1e-5 },
            { "llama3-rope.f32", OnnxWeightType.F32, 1e-5 },
            { "plain.f16", OnnxWeightType.F32, 1e-4 },
            { "plain.q8_0", OnnxWeightType.F32, 1e-4 },
            { "plain.q8_0", OnnxWeightType.Q8_0, 0.02 },
            { "gqa-untied.q8_0", OnnxWeightType.Q8_0, 0.02 },
            { "mqa.q8_0", OnnxWeightType.Q8_0, 0.02 },
            { "theta500k.q8_0", OnnxWeightType.Q8_0, 0.02 },
        };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Logits_equal_the_float64_reference_in_one_pass_and_token_by_token(
        string name,
        OnnxWeightType type,
        double errorMax
    )
    {
        using (var source = ModelFile.Open(Repo.Shared($"golden/{name}.gguf")))
            OnnxExporter.Write(source, type, folder["m.onnx"]);
        var (tokens, expected) = ReadGolden(Repo.Shared($"golden/{name}.json"));
        using var model = OnnxLanguageModel.Open(folder["m.onnx"], threads: 2);
        AssertClose(expected, model.Logits(tokens), errorMax);
        AssertClose(expected, model.Logits(tokens, batch: 1), errorMax);
        AssertClose(expected, model.Logits(tokens, batch: 7), errorMax);
    }

    [Fact]
    public void Logits_of_stories260K_equal_the_float64_reference()
    {
        var (bin, tokenizer) = (Repo.Shared("models/stories260K.bin"), Repo.Shared("models/tok512.bin"));
        using (var source = ModelFile.Open(bin, tokenizer))
            OnnxExporter.Write(source, OnnxWeightType.F32, folder["m.onnx"], tokenizer);
        var (tokens, expected) = ReadGolden(Repo.Shared("golden/stories260K.json"));
        using var model = OnnxLanguageModel.Open(folder["m.onnx"]);
        AssertClose(expected, model.Logits(tokens), 1e-5);
        AssertClose(expected, model.Logits(tokens, batch: 1), 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Greedy_text_of_stories260K_is_llama2c_s(int threads)
    {
        var (bin, tokenizer) = (Repo.Shared("models/stories260K.bin"), Repo.Shared("models/tok512.bin"));
        using (var source = ModelFile.Open(bin, tokenizer))
            OnnxExporter.Write(source, OnnxWeightType.F32, folder["m.onnx"], tokenizer);
        using var model = LanguageModels.Open(folder["m.onnx"], threads: threads);
        Assert.IsType<OnnxLanguageModel>(model);
        var streamed = "";
        var result = model.Generate([1], new GenerationOptions { MaxTokens = 200 }, text => streamed += text);
        Assert.Equal(File.ReadAllText(Repo.Shared("models/stories260K.greedy.txt")), result.Text);
        Assert.Equal(result.Text, streamed);
        Assert.Equal(FinishReason.MaxTokens, result.Finish);
    }

    private static (int[] Tokens, double[][] Logits) ReadGolden(string path)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(path));
        return (
            [.. golden.RootElement.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32())],
            [
                .. golden
                    .RootElement.GetProperty("logits")
                    .EnumerateArray()
                    .Select(row => row.EnumerateArray().Select(x => x.GetDouble()).ToArray()),
            ]
        );
    }

    private static void AssertClose(double[][] expected, float[][] found, double errorMax)
    {
        Assert.Equal(expected.Length, found.Length);
        double errors = 0,
            squares = 0;
        for (var t = 0; t < expected.Length; t++)
        {
            Assert.Equal(expected[t].Length, found[t].Length);
            for (var i = 0; i < expected[t].Length; i++)
            {
                errors += Math.Pow(found[t][i] - expected[t][i], 2);
                squares += Math.Pow(expected[t][i], 2);
            }
        }
        var relative = Math.Sqrt(errors / squares);
        TestContext.Current.TestOutputHelper?.WriteLine($"relative RMS error {relative:E2}");
        Assert.InRange(relative, 0, errorMax);
    }
}
