using System.IO.Compression;
using System.Reflection;
using Edge.TestKit;
using Edge.Training.Tokenizing;
using Microsoft.ML.Tokenizers;
using Tokenizer = Edge.Inference.Tokenizers.Tokenizer;

namespace Edge.Training.Tests.Tokenizing;

public sealed class RanksFileTests : IDisposable
{
    private readonly TokenizerWorkplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void Gpt4s_public_encoding_is_reproduced_token_for_token()
    {
        var reference = TiktokenTokenizer.CreateForEncoding("cl100k_base");
        var tokenizer = Gpt4(out var vocabulary);
        Assert.Equal((100_277, 0), (vocabulary.Count, vocabulary.Whole));
        // The reference always takes special tokens out of the text.
        foreach (var text in HardTexts())
            Assert.Equal(reference.EncodeToIds(text), tokenizer.Encode(text, parseSpecial: true));

        var random = new Random(17);
        var letters = "aaaeenst  \n\n\r\t'.,-0123456789ABÉßñж한글漢字，。🙂👩‍👦\u0301\u200B\u3000"
            .EnumerateRunes()
            .ToArray();
        for (var round = 0; round < 3000; round++)
        {
            var some = letters.OrderBy(_ => random.Next()).Take(random.Next(1, 8)).ToArray();
            var text = string.Concat(
                Enumerable.Range(0, random.Next(1, 120)).Select(_ => some[random.Next(some.Length)])
            );
            Assert.Equal(reference.EncodeToIds(text), tokenizer.Encode(text, parseSpecial: true));
        }
    }

    [Fact]
    public void Gpt4s_encoding_of_prose_in_bulk_is_reproduced()
    {
        var path = Repo.Shared("data/pretrain/tldr_pages.txt.gz");
        var reference = TiktokenTokenizer.CreateForEncoding("cl100k_base");
        var tokenizer = Gpt4(out _);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var text = new char[1_000_000];
        var prose = new string(text, 0, reader.ReadBlock(text));
        Assert.Equal(reference.EncodeToIds(prose), tokenizer.Encode(prose, parseSpecial: true));
    }

    [Fact]
    public void Special_tokens_of_an_import_keep_their_ids_and_do_not_begin_a_text()
    {
        var tokenizer = Gpt4(out var vocabulary);
        Assert.Equal((100_257, 100_257, false), (tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos));
        Assert.Equal([100_276], tokenizer.Encode("<|endofprompt|>", parseSpecial: true));
        Assert.DoesNotContain(100_257, tokenizer.Encode("<|endoftext|>"));
        Assert.Equal("<|unused_100256|>", vocabulary.Tokens[100_256].Text);
    }

    [Fact]
    public void Ranks_of_a_trained_vocabulary_give_the_same_merges_again()
    {
        var corpus = place.Corpus(
            string.Concat(Enumerable.Range(0, 3000).Select(i => $"a{i} the lake number {i * i} 호수 "))
        );
        var trained = TokenizerWorkplace.Train(corpus, 300, SplitPattern.Gpt4).Vocabulary;
        var ranks = trained.Tokens.Select(
            (token, id) => $"{Convert.ToBase64String(place.SaveAndOpen(trained).TokenBytes(id))} {id}"
        );
        File.WriteAllLines(place["own.tiktoken"], ranks);
        var imported = RanksFile.Import(place["own.tiktoken"], SplitPattern.Gpt4, []);
        Assert.Equal(
            TokenizerWorkplace.Merges(trained).Select(merge => (merge.Left, merge.Right)),
            TokenizerWorkplace.Merges(imported).Select(merge => (merge.Left, merge.Right))
        );
    }

    [Theory]
    [InlineData("no ranks at all", "hello world\n", "line 1: expected a token in base64 and its rank")]
    [InlineData("no rank", "AA==\n", "line 1: expected a token in base64 and its rank")]
    [InlineData("a rank below zero", "AA== -1\n", "line 1: expected a rank below 1,048,576, found \"-1\"")]
    [InlineData("a rank beyond all", "AA== 99999999999\n", "line 1: expected a rank below")]
    [InlineData("a rank twice", "AA== 0\nAQ== 0\n", "line 2: the rank 0 stood there before")]
    [InlineData("a token twice", "AA== 0\nAA== 1\n", "line 2: this token stood there before")]
    [InlineData("few bytes", "AA== 0\n", "no token stands for the byte 0x01")]
    [InlineData("empty", "", "no token stands for the byte 0x00")]
    public void A_broken_file_of_ranks_is_refused_in_one_line(string name, string text, string expected)
    {
        var path = place.Corpus(text, name);
        var refused = Assert.Throws<InvalidDataException>(() => RanksFile.Import(path, SplitPattern.Gpt4, []));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_special_token_cannot_take_a_tokens_id_or_text()
    {
        var bytes = Enumerable.Range(0, 256).Select(b => $"{Convert.ToBase64String([(byte)b])} {b}");
        File.WriteAllLines(place["bytes"], bytes.Append($"{Convert.ToBase64String("ab"u8)} 256"));
        var id = Assert.Throws<ArgumentException>(() =>
            RanksFile.Import(place["bytes"], SplitPattern.Gpt2, [new("<|x|>", 65)])
        );
        Assert.Contains("<|x|> cannot have the id 65: that is \"A\"", id.Message, StringComparison.Ordinal);
        var text = Assert.Throws<ArgumentException>(() =>
            RanksFile.Import(place["bytes"], SplitPattern.Gpt2, [new("ab", null)])
        );
        Assert.Contains("ab is an ordinary token", text.Message, StringComparison.Ordinal);
    }

    private Tokenizer Gpt4(out BytePairVocabulary vocabulary)
    {
        var data = Assembly.Load("Microsoft.ML.Tokenizers.Data.Cl100kBase");
        var name = Assert.Single(
            data.GetManifestResourceNames(),
            name => name.EndsWith(".deflate", StringComparison.Ordinal)
        );
        // The package leaves the ranks out: after a line that says how many, a token a line in their order.
        using (var packed = new DeflateStream(data.GetManifestResourceStream(name)!, CompressionMode.Decompress))
        using (var reader = new StreamReader(packed))
        {
            var tokens = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1);
            File.WriteAllLines(place["cl100k.tiktoken"], tokens.Select((token, rank) => $"{token.Trim()} {rank}"));
        }
        vocabulary = RanksFile.Import(
            place["cl100k.tiktoken"],
            SplitPattern.Gpt4,
            [new("<|endoftext|>", 100_257), new("<|fim_prefix|>", 100_258), new("<|endofprompt|>", 100_276)]
        );
        return place.SaveAndOpen(vocabulary);
    }

    private static IEnumerable<string> HardTexts() =>
        [
            "",
            "a",
            "hello world!!!? (안녕하세요!) lol123 😉",
            "<|endoftext|>Hello world this one has in text",
            "I'M you'Re WE'LL it'S don'T 'tis ''s",
            "1 12 123 1234 12345678 ٣٤٥ Ⅷ ½ 一二三",
            "\r\n\r\n  indented\n\n\n\tdef f(x):\n        return x  \n   ",
            "   \u00A0\u2003\u3000 wide spaces \u200B zero",
            new string(' ', 500) + "x",
            new string('\n', 300) + "x",
            new string('a', 2_000),
            new string('=', 1_000),
            "e\u0301\u0302 n\u0303 가나 ㄱㅏ 한",
            "👩‍👩‍👧‍👦🇰🇷🏳️‍🌈 \U0001F9FF\U000E0067 \U0010FFFF",
            "العربية עברית हिन्दी ไทย 日本語 русский ελληνικά",
            string.Concat(Enumerable.Range(1, 0xD7FE).Select(c => (char)c)),
        ];
}
