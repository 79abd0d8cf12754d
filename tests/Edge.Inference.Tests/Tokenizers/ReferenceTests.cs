using System.Diagnostics;
using System.Globalization;
using System.Text;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Inference.Tests.Tokenizers;

public class ReferenceTests
{
    private const string Separator = "\n__ggml_vocab_test__\n";

    [Theory]
    [InlineData("llama-spm.gguf")]
    [InlineData("gpt-2.gguf")]
    [InlineData("starcoder.gguf")]
    public void Every_reference_text_gives_the_reference_ids(string name)
    {
        var tokenizer = TokenizerFile.Open(Repo.Shared($"models/vocab/{name}"));
        Compare(tokenizer, name);
    }

    [Fact]
    public void The_llama2c_tokenizer_gives_the_ids_of_the_same_vocabulary_in_GGUF()
    {
        var tokenizer = TokenizerFile.Open(Repo.Shared("models/tokenizer-32000.bin"), 32000);
        Compare(tokenizer, "llama-spm.gguf");
    }

    [Theory]
    [InlineData("models/vocab/llama-spm.gguf")]
    [InlineData("models/vocab/gpt-2.gguf")]
    [InlineData("models/vocab/starcoder.gguf")]
    [InlineData("models/tokenizer-32000.bin")]
    [InlineData("models/tok512.bin")]
    public void Decoding_what_was_encoded_gives_the_text_back(string path)
    {
        var tokenizer = TokenizerFile.Open(Repo.Shared(path));
        string[] texts = [.. Texts("gpt-2.gguf"), .. RandomTexts(seed: 7)];
        foreach (var text in texts)
        {
            var ids = tokenizer.Encode(text, addBos: true);
            Assert.Equal(text, tokenizer.Decode(ids));

            var streamer = new Utf8Streamer();
            var streamed = new StringBuilder();
            foreach (var id in ids)
                streamed.Append(streamer.Push(tokenizer.TokenBytes(id)));
            streamed.Append(streamer.Flush());
            var expected = tokenizer.AddsSpacePrefix && text.Length > 0 ? " " + text : text;
            Assert.Equal(expected, streamed.ToString());
        }
    }

    [Theory]
    [InlineData("models/vocab/llama-spm.gguf")]
    [InlineData("models/vocab/gpt-2.gguf")]
    [InlineData("models/vocab/starcoder.gguf")]
    [InlineData("models/tok512.bin")]
    public void Long_repetitions_take_no_longer_than_their_length_deserves(string path)
    {
        var tokenizer = TokenizerFile.Open(Repo.Shared(path));
        string[] texts =
        [
            new('a', 9_400),
            new('a', 1_000_000),
            new(' ', 1_000_000),
            new('\n', 200_000),
            string.Concat(Enumerable.Repeat(" \t", 100_000)),
            string.Concat(Enumerable.Repeat("'r", 100_000)),
            new('<', 200_000),
            new('7', 200_000),
        ];
        foreach (var text in texts)
        {
            var clock = Stopwatch.StartNew();
            var ids = tokenizer.Encode(text, addBos: true, parseSpecial: true);
            // A quadratic encoder takes hours for a million letters; the margin is for a busy computer.
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"{text.Length} of {(int)text[0]}: {clock.Elapsed}");
            Assert.Equal(text, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void The_end_tokens_of_the_reference_vocabularies_are_known()
    {
        Assert.True(TokenizerFile.Open(Repo.Shared("models/vocab/gpt-2.gguf")).IsEnd(50256));
        Assert.True(TokenizerFile.Open(Repo.Shared("models/vocab/starcoder.gguf")).IsEnd(0));
        var llama = TokenizerFile.Open(Repo.Shared("models/vocab/llama-spm.gguf"));
        Assert.True(llama.IsEnd(2));
        Assert.False(llama.IsEnd(1));
        Assert.Equal((1, 2, true), (llama.BosId, llama.EosId, llama.AddBos));
    }

    private static void Compare(Tokenizer tokenizer, string reference)
    {
        var texts = Texts(reference);
        var lines = File.ReadAllText(Repo.Shared($"models/vocab/{reference}.out")).Split('\n');
        Assert.True(texts.Length > 40 && lines.Length >= texts.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            int[] expected =
            [
                .. lines[i]
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
            ];
            Assert.Equal(expected, tokenizer.Encode(texts[i], addBos: false));
        }
    }

    private static string[] Texts(string reference)
    {
        var texts = File.ReadAllText(Repo.Shared($"models/vocab/{reference}.inp")).Split(Separator);
        return texts[^1].Length == 0 ? texts[..^1] : texts;
    }

    private static IEnumerable<string> RandomTexts(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(40); length > 0; length--)
            {
                var rune = random.Next(4) switch
                {
                    0 => random.Next(0x80),
                    1 => random.Next(0x800),
                    2 => random.Next(0x40000), // Starcoder has no token for the bytes of the planes beyond.
                    _ => " \n\t'09aé"[random.Next(8)],
                };
                text.Append(Rune.IsValid(rune) ? new Rune(rune) : Rune.ReplacementChar);
            }
            yield return text.ToString();
        }
    }
}
