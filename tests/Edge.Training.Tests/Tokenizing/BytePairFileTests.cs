using System.Text;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;
using Edge.Training.Tokenizing;

namespace Edge.Training.Tests.Tokenizing;

public sealed class BytePairFileTests : IDisposable
{
    private const int MergeCount = 60;

    private const string Prose =
        "The lake was calm, and the boats lay still. 호수는 고요했고 배들은 가만히 있었다. 🛶🛶 It's 1999; don't we'll see?\n\tcode = {x: 1}\n";

    private readonly TokenizerWorkplace place = new();

    public static TheoryData<SplitPattern> Patterns => [SplitPattern.Gpt2, SplitPattern.Gpt4, SplitPattern.None];

    public void Dispose() => place.Dispose();

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Hard_text_comes_back_as_it_was(SplitPattern pattern)
    {
        var tokenizer = place.SaveAndOpen(Trained(pattern).Vocabulary);
        string[] texts =
        [
            "",
            "a",
            "\0",
            " ",
            "\n\r\n\r\r\n  \t \u00A0\u3000",
            "한국어 문장과 ㄱㄴㄷ, 조합형 한글",
            "👩‍👩‍👧‍👦 🇰🇷 e\u0301 \uFEFF \uFFFD \U0010FFFF",
            "<|endoftext|> <|im_end|> <0x0A> ▁ Ġ",
            new string('a', 9_400),
            string.Concat(Enumerable.Range(0, 0x3000).Select(c => (char)c)),
        ];
        foreach (var text in texts)
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal("a\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uD800b")));
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Ten_megabytes_come_back_as_they_were(SplitPattern pattern)
    {
        var tokenizer = place.SaveAndOpen(Trained(pattern).Vocabulary);
        var text = string.Concat(Enumerable.Repeat(Prose, 10_000_000 / Encoding.UTF8.GetByteCount(Prose)));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void Bytes_that_are_no_character_decode_to_the_replacement_character()
    {
        var tokenizer = place.SaveAndOpen(Trained(SplitPattern.Gpt2).Vocabulary);
        var first = tokenizer.VocabSize - MergeCount - 256;
        Assert.Equal("\uFFFDA\uFFFD", tokenizer.Decode([first + 0xFF, first + 'A', first + 0xE2]));
    }

    [Fact]
    public void Special_tokens_come_first_and_are_not_found_in_plain_text()
    {
        var tokenizer = place.SaveAndOpen(Trained(SplitPattern.Gpt2).Vocabulary);
        Assert.Equal((0, 2, true), (tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos));
        Assert.True(tokenizer.IsEnd(0) && tokenizer.IsEnd(2) && !tokenizer.IsEnd(1));
        Assert.DoesNotContain(1, tokenizer.Encode("<|im_start|>user"));
        Assert.Equal([0, 1, 2], tokenizer.Encode("<|im_start|><|im_end|>", parseSpecial: true));
        Assert.Equal(3 + 'A', tokenizer.Encode("A")[1]);
    }

    [Fact]
    public void Without_a_special_token_there_is_no_beginning_and_no_end()
    {
        var trained = TokenizerWorkplace.Train(place.Corpus(Prose), 10);
        var tokenizer = place.SaveAndOpen(trained.Vocabulary);
        Assert.Null(tokenizer.BosId);
        Assert.Null(tokenizer.EosId);
        Assert.Equal(['A'], tokenizer.Encode("A"));
    }

    [Fact]
    public void The_listing_says_what_each_token_is_and_came_from()
    {
        var corpus = place.Corpus("aaabdaaabac");
        var trained = TokenizerWorkplace.Train(corpus, 3, SplitPattern.None, 1, "<|endoftext|>");
        place.SaveAndOpen(trained.Vocabulary);
        var lines = File.ReadAllLines(place["tok.txt"]);
        Assert.Equal("0\t<|endoftext|>", lines[1]);
        Assert.Equal("11\t\"\\n\"", lines[12]);
        Assert.Equal("256\t\"\\xFF\"", lines[257]);
        Assert.Equal("257\t\"aa\"\t98 \"a\" + 98 \"a\"\t4", lines[258]);
        Assert.Equal("259\t\"aaab\"\t257 \"aa\" + 258 \"ab\"\t2", lines[260]);
        Assert.Equal(261, lines.Length);
    }

    [Fact]
    public void A_models_file_takes_the_keys_from_the_vocabulary_or_from_its_file()
    {
        var vocabulary = Trained(SplitPattern.Gpt4).Vocabulary;
        var tokenizer = place.SaveAndOpen(vocabulary);
        vocabulary.WriteTo(new GgufWriter().Set("general.architecture", "llama")).Save(place["one.gguf"]);
        BytePairFile
            .CopyKeys(place["tok.gguf"], new GgufWriter().Set("general.architecture", "llama"))
            .Save(place["two.gguf"]);
        Assert.Equal(File.ReadAllBytes(place["one.gguf"]), File.ReadAllBytes(place["two.gguf"]));
        Assert.Equal(tokenizer.Encode(Prose), TokenizerFile.Open(place["two.gguf"]).Encode(Prose));

        new GgufWriter().Set("general.architecture", "llama").Save(place["none.gguf"]);
        var refused = Assert.Throws<ModelFormatException>(() =>
            BytePairFile.CopyKeys(place["none.gguf"], new GgufWriter())
        );
        Assert.Contains("has no tokenizer inside", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_refused_before_the_work()
    {
        Assert.Contains(
            "must end in .gguf",
            Assert.Throws<ArgumentException>(() => BytePairFile.CheckWritable(place["tok.txt"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no folder",
            Assert.Throws<IOException>(() => BytePairFile.CheckWritable(place["missing/tok.gguf"])).Message,
            StringComparison.Ordinal
        );
        Directory.CreateDirectory(place["folder.gguf"]);
        Assert.Contains(
            "is a folder",
            Assert.Throws<IOException>(() => BytePairFile.CheckWritable(place["folder.gguf"])).Message,
            StringComparison.Ordinal
        );
        // A folder where the temporary file would go: nothing can be written, whoever one is.
        Directory.CreateDirectory(place["other.gguf.new"]);
        Assert.Contains(
            "nothing can be written",
            Assert.Throws<IOException>(() => BytePairFile.CheckWritable(place["other.gguf"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_full_disk_leaves_the_files_of_before()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full, which only Linux has");
        var vocabulary = Trained(SplitPattern.Gpt2).Vocabulary;
        place.SaveAndOpen(vocabulary);
        var before = new[] { "tok.gguf", "tok.txt" }.Select(name => File.ReadAllBytes(place[name])).ToArray();
        File.CreateSymbolicLink(place["tok.gguf.new.partial"], "/dev/full");

        var full = Assert.Throws<IOException>(() => BytePairFile.Save(vocabulary, place["tok.gguf"]));

        Assert.Contains("tok.gguf was not written", full.Message, StringComparison.Ordinal);
        Assert.Contains("space", full.Message, StringComparison.Ordinal);
        Assert.Equal(before[0], File.ReadAllBytes(place["tok.gguf"]));
        Assert.Equal(before[1], File.ReadAllBytes(place["tok.txt"]));
        Assert.Equal(
            ["corpus.txt", "tok.gguf", "tok.txt"],
            Directory.GetFiles(place[""]).Select(Path.GetFileName).Order()
        );
    }

    private TrainedBytePairs Trained(SplitPattern pattern) =>
        TokenizerWorkplace.Train(
            place.Corpus(string.Concat(Enumerable.Repeat(Prose, 20))),
            MergeCount,
            pattern,
            1,
            "<|endoftext|>",
            "<|im_start|>",
            "<|im_end|>"
        );
}
