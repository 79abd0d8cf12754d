using System.Text.Json.Nodes;
using Edge.Inference;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Conversion.Tests;

/// <summary>Folders in Hugging Face layout become files that compute the same, to the bit.</summary>
public sealed class HuggingFaceTests
{
    public static TheoryData<string, string, int> Folders =>
        new()
        {
            { "grouped", "F32", 1 },
            { "grouped", "F16", 1 },
            { "grouped", "BF16", 1 },
            { "grouped", "F32", 3 },
            { "one key head", "F32", 1 },
            { "tied", "BF16", 2 },
            { "wide head", "F32", 1 },
            { "odd hidden", "F32", 1 },
            { "theta", "F32", 1 },
            { "linear", "F32", 1 },
        };

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_gives_the_logits_of_the_same_model_written_as_a_gguf(string shape, string type, int parts)
    {
        using var temp = new TempFolder();
        var model = Shaped(shape);
        model.WriteGguf(temp["direct.gguf"]);
        HuggingFaceFolder.Write(model, temp["hf"], type, parts);
        HuggingFaceFolder.Edit(
            temp["hf"],
            "config.json",
            config =>
            {
                if (model.LinearScaling != 1)
                    config["rope_scaling"] = JsonNode.Parse("""{"type":"linear","factor":4.0}""");
            }
        );

        var report = ModelConverter.Convert(temp["hf"], temp["made.gguf"], new() { Type = TensorType.F32 });
        Assert.Equal(("safetensors", "GGUF v3", "F32"), (report.SourceFormat, report.Format, report.WeightType));
        Assert.Equal(TestLlama.Logits(temp["direct.gguf"]), TestLlama.Logits(temp["made.gguf"]));
        Assert.Empty(report.Notes);
        SameTokens(temp["direct.gguf"], temp["made.gguf"]);
    }

    [Fact]
    public void Without_a_type_weights_stay_as_they_are_and_nothing_is_rounded()
    {
        using var temp = new TempFolder();
        var model = new TestLlama();
        HuggingFaceFolder.Write(model, temp["hf"], "BF16");
        Assert.Equal("BF16", ModelConverter.Convert(temp["hf"], temp["a.gguf"], new()).WeightType);
        model.WriteGguf(temp["direct.gguf"]);
        Assert.Equal(TestLlama.Logits(temp["direct.gguf"]), TestLlama.Logits(temp["a.gguf"]));
    }

    [Fact]
    public void A_folder_becomes_the_same_int8_file_whether_or_not_it_goes_through_f32()
    {
        using var temp = new TempFolder();
        HuggingFaceFolder.Write(new TestLlama(), temp["m"]);
        ModelConverter.Convert(temp["m"], temp["straight.gguf"], new() { Type = TensorType.Q8_0 });
        ModelConverter.Convert(temp["m"], temp["f32.gguf"], new());
        ModelConverter.Convert(temp["f32.gguf"], temp["round.gguf"], new() { Type = TensorType.Q8_0 });
        Assert.Equal(TestLlama.Logits(temp["straight.gguf"]), TestLlama.Logits(temp["round.gguf"]));
    }

    [Fact]
    public void Llama_3_scaling_becomes_the_table_that_the_reference_files_have()
    {
        var golden = Repo.Shared("golden/llama3-rope.f32.gguf");
        var expected = MiniGguf.Read(golden).Floats("rope_freqs.weight");
        using var temp = new TempFolder();
        var model = new TestLlama { Theta = 500000f, Context = 128 };
        HuggingFaceFolder.Write(model, temp["hf"]);
        HuggingFaceFolder.Edit(temp["hf"], "config.json", Scale);
        ModelConverter.Convert(temp["hf"], temp["made.gguf"], new());
        var made = MiniGguf.Read(temp["made.gguf"]).Floats("rope_freqs.weight");
        foreach (var (e, m) in expected.Zip(made))
            Assert.InRange(m / e, 0.999999f, 1.000001f);
        Assert.Equal(expected.Length, made.Length);

        // The engine takes the table: the same model with it written by hand.
        (model with { RopeFactors = made }).WriteGguf(temp["direct.gguf"]);
        Assert.Equal(TestLlama.Logits(temp["direct.gguf"]), TestLlama.Logits(temp["made.gguf"]));

        // A wave of 6 positions fits into 32 more than four times and stays, one of 32.4 does not fit and is divided.
        static void Scale(JsonObject config) =>
            config["rope_scaling"] = JsonNode.Parse(
                """{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":32}"""
            );
    }

    [Fact]
    public void Between_long_and_short_waves_llama_3_scaling_blends()
    {
        using var temp = new TempFolder();
        var model = new TestLlama
        {
            Theta = 500000f,
            HeadDim = 64,
            Heads = 1,
            KvHeads = 1,
        };
        HuggingFaceFolder.Write(model, temp["hf"]);
        HuggingFaceFolder.Edit(
            temp["hf"],
            "config.json",
            config =>
                config["rope_scaling"] = JsonNode.Parse(
                    """{"rope_type":"llama3","factor":32.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":8192}"""
                )
        );
        ModelConverter.Convert(temp["hf"], temp["made.gguf"], new());
        var made = MiniGguf.Read(temp["made.gguf"]).Floats("rope_freqs.weight");
        var blended = 0;
        for (var i = 0; i < 32; i++)
        {
            // As the definition has it: on frequencies, not on divisors.
            var frequency = 1 / Math.Pow(500000, i / 32.0);
            var smooth = Math.Clamp(((8192 * frequency / (2 * Math.PI)) - 1) / (4 - 1), 0, 1);
            var scaled = ((1 - smooth) * frequency / 32) + (smooth * frequency);
            blended += smooth is > 0 and < 1 ? 1 : 0;
            Assert.InRange(frequency / scaled / made[i], 0.999999, 1.000001);
        }
        Assert.True(blended > 1);
    }

    [Fact]
    public void Newer_files_have_theta_and_scaling_in_one_place()
    {
        using var temp = new TempFolder();
        var model = new TestLlama { Theta = 20000f, LinearScaling = 2 };
        model.WriteGguf(temp["direct.gguf"]);
        HuggingFaceFolder.Write(model, temp["hf"]);
        HuggingFaceFolder.Edit(
            temp["hf"],
            "config.json",
            config =>
            {
                config.Remove("rope_theta");
                config["rope_parameters"] = JsonNode.Parse(
                    """{"rope_theta":20000.0,"rope_type":"linear","factor":2.0}"""
                );
            }
        );
        ModelConverter.Convert(temp["hf"], temp["made.gguf"], new());
        Assert.Equal(TestLlama.Logits(temp["direct.gguf"]), TestLlama.Logits(temp["made.gguf"]));
    }

    [Fact]
    public void A_folder_becomes_a_llama2c_file_with_its_tokenizer()
    {
        using var temp = new TempFolder();
        var model = new TestLlama { Tied = true };
        HuggingFaceFolder.Write(model, temp["hf"]);
        var report = ModelConverter.Convert(temp["hf"], temp["m.bin"], new());
        Assert.Equal(temp["tokenizer.bin"], report.TokenizerPath);
        model.WriteGguf(temp["direct.gguf"]);
        Assert.Equal(TestLlama.Logits(temp["direct.gguf"]), TestLlama.Logits(temp["m.bin"]));
    }

    [Fact]
    public void The_chat_template_and_all_tokens_that_end_a_turn_come_along()
    {
        using var temp = new TempFolder();
        var model = new TestLlama { ChatTemplate = "{{ '<|im_start|>' + m }} \"quoted\" é" };
        HuggingFaceFolder.Write(model, temp["hf"]);
        HuggingFaceFolder.Edit(
            temp["hf"],
            "generation_config.json",
            config => config["eos_token_id"] = new JsonArray(2, 7, 8, 9)
        );
        var report = ModelConverter.Convert(temp["hf"], temp["made.gguf"], new());
        using var made = ModelFile.Open(temp["made.gguf"]);
        Assert.Equal("chatml", made.ChatTemplate.Name);
        Assert.True(made.Tokenizer.IsEnd(2) && made.Tokenizer.IsEnd(7) && made.Tokenizer.IsEnd(8));
        Assert.Equal("tokens 9 end generation too, which could not be written", Assert.Single(report.Notes));

        File.WriteAllText(Path.Combine(temp["hf"], "chat_template.jinja"), "<|start_header_id|>");
        ModelConverter.Convert(temp["hf"], temp["newer.gguf"], new());
        using var newer = ModelFile.Open(temp["newer.gguf"]);
        Assert.Equal("llama3", newer.ChatTemplate.Name);
    }

    [Fact]
    public void Rows_beyond_the_vocabulary_become_unused_tokens()
    {
        using var temp = new TempFolder();
        var small = TestVocabulary.Small;
        var padded = new TestVocabulary(
            [.. small.Tokens, "[PAD309]", "[PAD310]"],
            [.. small.Scores, 0, 0],
            [.. small.Types, 5, 5]
        );
        var model = new TestLlama { Vocabulary = padded };
        HuggingFaceFolder.Write(model, temp["hf"]);
        small.WriteJson(Path.Combine(temp["hf"], "tokenizer.json"));
        ModelConverter.Convert(temp["hf"], temp["made.gguf"], new());
        using var made = ModelFile.Open(temp["made.gguf"]);
        Assert.Equal((311, "[PAD310]"), (made.Tokenizer.VocabSize, made.Tokenizer.Piece(310)));
    }

    [Fact]
    public void A_tied_output_that_is_stored_once_more_is_left_out_when_it_is_the_embedding()
    {
        using var temp = new TempFolder();
        var model = new TestLlama { Tied = true };
        HuggingFaceFolder.Write(model, temp["hf"]);
        var tensors = HuggingFaceFolder
            .Tensors(model)
            .Select(t => (t.Name, t.Shape, Bytes: TestLlama.Bytes(t.Values)))
            .ToList();
        var embedding = tensors[0];
        var file = Path.Combine(temp["hf"], "model.safetensors");
        HuggingFaceFolder.WriteSafetensors(file, "F32", [.. tensors, embedding with { Name = "lm_head.weight" }]);
        ModelConverter.Convert(temp["hf"], temp["made.gguf"], new());

        var other = embedding.Bytes.ToArray();
        other[8] ^= 1;
        HuggingFaceFolder.WriteSafetensors(file, "F32", [.. tensors, ("lm_head.weight", embedding.Shape, other)]);
        var refusal = Assert.Throws<ModelFormatException>(() =>
            ModelConverter.Convert(temp["hf"], temp["made.gguf"], new())
        );
        Assert.Contains("lm_head.weight is not the embedding", refusal.Message, StringComparison.Ordinal);
    }

    private static TestLlama Shaped(string shape) =>
        shape switch
        {
            "one key head" => new TestLlama { KvHeads = 1 },
            "tied" => new TestLlama { Tied = true, KvHeads = 4 },
            "wide head" => new TestLlama { HeadDim = 32 },
            "odd hidden" => new TestLlama { Hidden = 90 },
            "theta" => new TestLlama { Theta = 500000f, Epsilon = 1e-6f },
            "linear" => new TestLlama { LinearScaling = 4 },
            _ => new TestLlama(),
        };

    private static void SameTokens(string expected, string made)
    {
        var (e, m) = (TokenizerFile.Open(expected), TokenizerFile.Open(made));
        Assert.Equal((e.VocabSize, e.BosId, e.EosId, e.AddBos), (m.VocabSize, m.BosId, m.EosId, m.AddBos));
        var random = new Random(3);
        var letters = "abcdé  \U0001F600x\n<s>▁".EnumerateRunes().ToArray();
        for (var round = 0; round < 200; round++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(1, 40)).Select(_ => letters[random.Next(letters.Length)])
            );
            Assert.Equal(e.Encode(text, parseSpecial: true), m.Encode(text, parseSpecial: true));
        }
    }
}
