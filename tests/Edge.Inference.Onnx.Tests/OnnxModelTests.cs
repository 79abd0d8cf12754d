using Edge.TestKit;

namespace Edge.Inference.Onnx.Tests;

/// <summary>How a decoder in an ONNX file is driven, whoever exported it.</summary>
public sealed class OnnxModelTests : IDisposable
{
    private readonly TempFolder folder = new();

    public static TheoryData<bool, bool, bool, bool> Variants =>
        new()
        {
            { false, false, false, false },
            { true, false, true, true },
            { false, true, true, false },
            { true, true, false, true },
        };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Variants))]
    public void What_was_present_is_past_in_the_next_pass(bool halfCache, bool halfLogits, bool mask, bool positions)
    {
        new AddingModel
        {
            HalfCache = halfCache,
            HalfLogits = halfLogits,
            Mask = mask,
            Positions = positions,
        }.Write(folder["m.onnx"]);
        using var model = OnnxLanguageModel.Open(folder["m.onnx"], threads: 1);
        int[] tokens = [3, 1, 4, 1, 5];
        // Twice: a fresh conversation starts from nothing.
        for (var run = 0; run < 2; run++)
        {
            var rows = model.Logits(tokens, batch: 1);
            for (var t = 0; t < tokens.Length; t++)
                Assert.Equal(tokens[..(t + 1)].Sum() + (positions ? t : 0) + (mask ? t + 1 : 0), rows[t][0], 0.01);
            Assert.Equal(14 + (positions ? 10 : 0) + (mask ? 5 : 0), model.Logits(tokens)[0][0], 0.01);
            Assert.Equal(-0.1, rows[0][100] - rows[0][0], 0.01);
        }
    }

    [Fact]
    public void A_model_with_grouped_query_attention_of_com_microsoft_runs_by_the_same_names()
    {
        AveragingModel.Write(folder["m.onnx"]);
        using var model = OnnxLanguageModel.Open(folder["m.onnx"], threads: 1);
        int[] tokens = [3, 1, 4, 1, 5, 9];
        foreach (var batch in (int[])[1, 6])
        {
            var rows = model.Logits(tokens, batch);
            for (var t = 0; t < tokens.Length; t++)
                Assert.Equal(tokens[..(t + 1)].Average(), rows[t][0], 1e-4);
        }
    }

    [Fact]
    public void A_generation_ends_at_the_context_at_the_count_and_when_cancelled()
    {
        new AddingModel().Write(folder["m.onnx"]);
        using var model = OnnxLanguageModel.Open(folder["m.onnx"], positions: 10);
        Assert.Equal(10, model.Positions);
        var full = model.Generate([7, 8, 9], new GenerationOptions());
        // Token 0 is the unknown one, without bytes. The last of them was never fed.
        Assert.Equal((FinishReason.ContextFull, 8), (full.Finish, full.Tokens.Count));
        Assert.All(full.Tokens, token => Assert.Equal(0, token));
        var counted = model.Generate([7, 8, 9], new GenerationOptions { MaxTokens = 3 });
        Assert.Equal((FinishReason.MaxTokens, 3), (counted.Finish, counted.Tokens.Count));
        var cancelled = model.Generate([7], new GenerationOptions(), null, new CancellationToken(canceled: true));
        Assert.Equal((FinishReason.Cancelled, 0), (cancelled.Finish, cancelled.Tokens.Count));
    }

    [Fact]
    public void Prompts_and_tokens_that_do_not_fit_are_refused_with_numbers()
    {
        new AddingModel().Write(folder["m.onnx"]);
        using var model = OnnxLanguageModel.Open(folder["m.onnx"], positions: 4);
        Refused("the prompt has 5 tokens, the model's context holds 4", () => Generate(1, 2, 3, 4, 5));
        Refused($"token ids must be 0 to {SmallLlama.Vocab - 1}, got -1", () => Generate(-1));
        Refused($"token ids must be 0 to {SmallLlama.Vocab - 1}, got 260", () => model.Logits([1, 260]));
        Refused("5 tokens do not fit the 4 positions", () => model.Logits([1, 2, 3, 4, 5]));
        Refused("at least one token", () => model.Logits([]));

        object Generate(params int[] prompt) => model.Generate(prompt, new GenerationOptions());
        static void Refused(string words, Func<object> call) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(call).Message);
    }

    [Fact]
    public void A_tokenizer_beside_the_model_is_taken_where_it_is_named()
    {
        new AddingModel { Tokenizer = false }.Write(folder["m.onnx"]);
        var refusal = Assert.Throws<ModelFormatException>(() => OnnxLanguageModel.Open(folder["m.onnx"]));
        Assert.Equal("m.onnx: has no tokenizer inside. Name one with --tokenizer FILE.", refusal.Message);
        File.WriteAllBytes(folder["t.gguf"], AddingModel.VocabularyBytes());
        using var model = OnnxLanguageModel.Open(folder["m.onnx"], folder["t.gguf"]);
        Assert.Equal("adder", model.Name);
        Assert.Equal(SmallLlama.Vocab, model.Tokenizer.VocabSize);
        Assert.Equal(LanguageModel.DefaultPositions, model.Positions);
    }

    [Fact]
    public void A_model_may_have_more_logits_than_its_tokenizer_tokens_but_not_fewer()
    {
        new AddingModel { Vocab = 300 }.Write(folder["m.onnx"]);
        using (var padded = OnnxLanguageModel.Open(folder["m.onnx"]))
            Assert.Equal(2, padded.Generate([7], new GenerationOptions { MaxTokens = 2 }).Tokens.Count);
        new AddingModel { Vocab = 200 }.Write(folder["m.onnx"]);
        var refusal = Assert.Throws<ModelFormatException>(() => OnnxLanguageModel.Open(folder["m.onnx"]));
        Assert.Contains("the tokenizer has 260 tokens, the model 200", refusal.Message);
    }

    [Theory]
    [InlineData("input_ids", "has no input input_ids")]
    [InlineData("past_key_values.0.key", "has no input past_key_values.0.key")]
    [InlineData("past_key_values.0.value", "has no input past_key_values.0.value")]
    [InlineData("present.0.value", "has no output present.0.value")]
    [InlineData("logits", "has no output logits")]
    public void A_model_without_an_input_or_output_of_a_decoder_is_refused_by_its_name(string missing, string words)
    {
        new AddingModel { Renamed = new Dictionary<string, string> { [missing] = "other" } }.Write(folder["m.onnx"]);
        var refusal = Assert.Throws<ModelFormatException>(() => OnnxLanguageModel.Open(folder["m.onnx"]));
        Assert.StartsWith("m.onnx: " + words, refusal.Message);
    }

    [Fact]
    public void A_model_that_needs_an_input_Edge_does_not_know_is_refused_by_its_name()
    {
        new AddingModel { Extra = "use_cache_branch" }.Write(folder["m.onnx"]);
        var refusal = Assert.Throws<ModelFormatException>(() => OnnxLanguageModel.Open(folder["m.onnx"]));
        Assert.Equal("m.onnx: needs the input use_cache_branch, which Edge does not know.", refusal.Message);
    }

    [Fact]
    public void The_content_decides_which_engine_opens_a_file()
    {
        new AddingModel().Write(folder["model"]);
        new SmallLlama().Write(folder["m.onnx"]);
        File.WriteAllText(folder["empty.onnx"], "");
        using (var onnx = LanguageModels.Open(folder["model"]))
            Assert.IsType<OnnxLanguageModel>(onnx);
        using (var ours = LanguageModels.Open(folder["m.onnx"], options: new ModelOptions { Name = "called so" }))
        {
            Assert.IsType<LanguageModel>(ours);
            Assert.Equal("called so", ours.Name);
        }
        var refusal = Assert.Throws<ModelFormatException>(() => LanguageModels.Open(folder["empty.onnx"]));
        Assert.StartsWith("empty.onnx: has no graph", refusal.Message);
        Assert.ThrowsAny<IOException>(() => LanguageModels.Open(folder["absent.onnx"]));
        Assert.ThrowsAny<IOException>(() => LanguageModels.Open(folder.Path));
    }

    [Fact]
    public void Repeated_runs_give_the_same_bits()
    {
        new SmallLlama { KvHeads = 2 }.Write(folder["m.gguf"]);
        using (var source = ModelFile.Open(folder["m.gguf"]))
            Edge.Conversion.Onnx.OnnxExporter.Write(source, Edge.Conversion.Onnx.OnnxWeightType.Q8_0, folder["m.onnx"]);
        using var model = LanguageModels.Open(folder["m.onnx"], threads: 2);
        int[] tokens = [1, 50, 100, 150, 200, 250];
        Assert.Equal(model.Logits(tokens), model.Logits(tokens));
    }

    [Fact]
    public void Logits_of_continuations_are_those_of_a_fresh_conversation()
    {
        new SmallLlama { KvHeads = 2 }.Write(folder["m.gguf"]);
        using (var source = ModelFile.Open(folder["m.gguf"]))
            Edge.Conversion.Onnx.OnnxExporter.Write(source, Edge.Conversion.Onnx.OnnxWeightType.F32, folder["m.onnx"]);
        using var model = LanguageModels.Open(folder["m.onnx"], threads: 1);
        using var fresh = LanguageModels.Open(folder["m.onnx"], threads: 1);
        var random = new Random(4);
        int[] prompt = [.. Enumerable.Range(0, 20).Select(_ => random.Next(SmallLlama.Vocab))];
        var logits = new float[SmallLlama.Vocab * 32];
        for (var round = 0; round < 20; round++)
        {
            int[] tokens = [.. prompt.AsSpan(0, random.Next(1, 21)), .. prompt.AsSpan(0, random.Next(0, 8))];
            var rows = random.Next(1, tokens.Length + 1);
            model.LogitsOfLast(tokens, rows, logits, TestContext.Current.CancellationToken);
            var expected = fresh.Logits(tokens);
            for (var i = 0; i < rows; i++)
            {
                // One pass or several add in another order.
                for (var v = 0; v < SmallLlama.Vocab; v++)
                    Assert.Equal(expected[tokens.Length - rows + i][v], logits[(i * SmallLlama.Vocab) + v], 1e-3);
            }
        }
    }
}
