using System.Text.Json.Nodes;
using Edge.Inference;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Conversion.Tests;

/// <summary>Tokenizers from other formats give the same tokens, on small vocabularies and on real ones.</summary>
public sealed class TokenizerTests
{
    public static TheoryData<string, string> RealVocabularies =>
        new()
        {
            { "llama-spm", "tokenizer.json" },
            { "llama-spm", "tokenizer.model" },
            { "llama-spm", "tokenizer.bin" },
            { "gpt-2", "tokenizer.json" },
            { "starcoder", "tokenizer.json" },
        };

    /// <summary>Real vocabularies, written anew in another format, converted, on hard texts with known tokens.</summary>
    [Theory]
    [MemberData(nameof(RealVocabularies))]
    public void A_real_vocabulary_gives_the_reference_tokens(string name, string file)
    {
        var reference = Repo.Shared($"models/vocab/{name}.gguf");
        var gguf = MiniGguf.Read(reference);
        using var temp = new TempFolder();
        var tokens = gguf.Texts("tokenizer.ggml.tokens");
        var types = gguf.Numbers<int>("tokenizer.ggml.token_type");
        if (name == "llama-spm")
        {
            var vocabulary = new TestVocabulary(tokens, gguf.Numbers<float>("tokenizer.ggml.scores"), types);
            File.WriteAllBytes(temp["tokenizer.model"], vocabulary.Protobuf());
            File.WriteAllBytes(temp["tokenizer.bin"], vocabulary.Llama2c());
            File.WriteAllText(temp["tokenizer_config.json"], TestVocabulary.SettingsJson);
            vocabulary.WriteJson(temp["tokenizer.json"]);
        }
        else
        {
            var json = BytePairJson.Make(
                tokens,
                gguf.Texts("tokenizer.ggml.merges"),
                name == "gpt-2" ? BytePairJson.Gpt2Words : BytePairJson.SmolWords,
                [.. Enumerable.Range(0, tokens.Length).Where(id => types[id] == 3)]
            );
            File.WriteAllText(temp["tokenizer.json"], json.ToJsonString());
        }

        var made = Converted(temp, file, tokens.Length);
        var texts = File.ReadAllText(reference + ".inp").Split("\n__ggml_vocab_test__\n");
        var expected = File.ReadAllLines(reference + ".out");
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i].Trim(), string.Join(' ', made.Encode(texts[i], addBos: false)));
        var original = TokenizerFile.Open(reference);
        for (var id = 0; id < tokens.Length; id++)
            Assert.Equal(original.TokenBytes(id).ToArray(), made.TokenBytes(id).ToArray());
    }

    [Fact]
    public void Json_protobuf_and_llama2c_files_of_one_vocabulary_agree()
    {
        using var temp = new TempFolder();
        var small = TestVocabulary.Small;
        File.WriteAllBytes(temp["tokenizer.model"], small.Protobuf());
        File.WriteAllBytes(temp["tokenizer.bin"], small.Llama2c());
        small.WriteJson(temp["tokenizer.json"]);
        Tokenizer[] made =
        [
            Converted(temp, "tokenizer.model", small.Tokens.Count),
            Converted(temp, "tokenizer.bin", small.Tokens.Count),
            Converted(temp, "tokenizer.json", small.Tokens.Count),
        ];
        foreach (var text in (string[])["", "a", "abba cad  ébd\n", "▁a", "\U0001F600\U0001F601x", " a", "<s>ab</s>"])
            Assert.Single(made.Select(tokenizer => string.Join(' ', tokenizer.Encode(text))).Distinct());
        Assert.All(made, tokenizer => Assert.Equal((1, 2, true), (tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos)));
    }

    public static TheoryData<string, string, bool?> Splittings =>
        new()
        {
            { BytePairJson.Gpt2Words, "gpt-2", null },
            { BytePairJson.SmolWords, "smollm", false },
            { BytePairJson.Llama3Words, "llama-bpe", true },
            { BytePairJson.Llama3Words, "llama-bpe", null },
            { BytePairJson.Gpt2Words, "gpt-2", true },
        };

    [Theory]
    [MemberData(nameof(Splittings))]
    public void The_way_of_splitting_words_is_recognised(string words, string name, bool? ignoreMerges)
    {
        using var temp = new TempFolder();
        var (tokens, merges) = BytePairJson.Small();
        var json = BytePairJson.Make(tokens, merges, words, [261, 262], mergesAsPairs: true, ignoreMerges);
        File.WriteAllText(temp["tokenizer.json"], json.ToJsonString());
        File.WriteAllText(temp["tokenizer_config.json"], """{"bos_token":"<|begin|>","eos_token":"<|eot_id|>"}""");
        var made = Converted(temp, "tokenizer.json", tokens.Length);
        Assert.Equal(name, MiniGguf.Read(temp["made.gguf"]).Metadata["tokenizer.ggml.pre"]);
        Assert.Equal((261, 262, false), (made.BosId, made.EosId, made.AddBos));
        // "123": one word of three digits in all but smollm.
        Assert.Equal(name == "smollm" ? [49, 50, 51] : [259], made.Encode("123"));
        Assert.Equal([256, 260, 262], made.Encode("ab abab<|eot_id|>", parseSpecial: true));
    }

    [Fact]
    public void The_begin_token_is_added_where_a_template_or_the_settings_say_so()
    {
        using var temp = new TempFolder();
        var (tokens, merges) = BytePairJson.Small();
        var json = BytePairJson.Make(tokens, merges, BytePairJson.Gpt2Words, [261, 262]);
        json["post_processor"] = JsonNode.Parse(
            """{"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|begin|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}]}"""
        );
        File.WriteAllText(temp["tokenizer.json"], json.ToJsonString());
        File.WriteAllText(temp["tokenizer_config.json"], """{"bos_token":"<|begin|>"}""");
        Assert.True(Converted(temp, "tokenizer.json", tokens.Length).AddBos);
        File.WriteAllText(temp["tokenizer_config.json"], """{"bos_token":"<|begin|>","add_bos_token":false}""");
        Assert.False(Converted(temp, "tokenizer.json", tokens.Length).AddBos);
    }

    [Fact]
    public void Tokens_that_were_added_to_a_sentencepiece_model_are_found_beside_it()
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["tokenizer.model"], TestVocabulary.Small.Protobuf());
        File.WriteAllText(
            temp["tokenizer_config.json"],
            """{"eos_token":"<|im_end|>","added_tokens_decoder":{"2":{"content":"</s>","special":true},"309":{"content":"<|im_end|>","special":true},"310":{"content":"mine","special":false}}}"""
        );
        var made = Converted(temp, "tokenizer.model", 311);
        Assert.Equal(309, made.EosId);
        Assert.Equal([1, 310], made.Encode("mine"));
        Assert.Equal([1, 309], made.Encode("<|im_end|>", parseSpecial: true));
        Assert.DoesNotContain(309, made.Encode("<|im_end|>"));
    }

    [Fact]
    public void The_unknown_token_of_a_byte_level_vocabulary_that_ends_texts_is_a_control_token()
    {
        using var temp = new TempFolder();
        var (tokens, merges) = BytePairJson.Small();
        var json = BytePairJson.Make(tokens, merges, BytePairJson.SmolWords, [261, 262]);
        json["model"]!["unk_token"] = "<|eot_id|>";
        File.WriteAllText(temp["tokenizer.json"], json.ToJsonString());
        File.WriteAllText(
            temp["tokenizer_config.json"],
            """{"bos_token":"<|begin|>","eos_token":"<|eot_id|>","unk_token":"<|eot_id|>"}"""
        );
        var made = Converted(temp, "tokenizer.json", tokens.Length);
        Assert.Equal([262], made.Encode("<|eot_id|>", parseSpecial: true));
        Assert.True(made.IsEnd(262) && made.TokenBytes(262).IsEmpty);
    }

    [Theory]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", true)]
    [InlineData("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""", true)]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""", false)]
    public void Metaspace_writes_spaces_too(string words, bool prefix)
    {
        using var temp = new TempFolder();
        var json = TestVocabulary.Small.Json();
        json["normalizer"] = null;
        json["pre_tokenizer"] = JsonNode.Parse(words);
        File.WriteAllText(temp["tokenizer.json"], json.ToJsonString());
        var made = Converted(temp, "tokenizer.json", TestVocabulary.Small.Tokens.Count);
        Assert.Equal(prefix, made.AddsSpacePrefix);
    }

    /// <summary>A tiny model with this tokenizer becomes a GGUF; the tokenizer in it.</summary>
    private static Tokenizer Converted(TempFolder temp, string file, int vocab)
    {
        var blank = new TestVocabulary(
            [.. Enumerable.Range(0, vocab).Select(id => $"t{id}")],
            new float[vocab],
            [.. Enumerable.Repeat(1, vocab)]
        );
        var model = new TestLlama
        {
            Dim = 4,
            Hidden = 4,
            Heads = 1,
            KvHeads = 1,
            HeadDim = 4,
            Layers = 1,
            Tied = true,
            Vocabulary = blank,
        };
        model.WriteGguf(temp["blank.gguf"]);
        ModelConverter.Convert(temp["blank.gguf"], temp["made.gguf"], new() { TokenizerPath = temp[file] });
        using var made = ModelFile.Open(temp["made.gguf"]);
        return made.Tokenizer;
    }
}
