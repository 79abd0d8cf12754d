using System.Text;
using Edge.TestKit;
using Edge.Training.Data;

namespace Edge.Training.Tests.Data;

public sealed class ReaderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Documents_end_with_their_line_and_a_file_without_it_is_one()
    {
        File.WriteAllText(
            folder["a.txt"],
            "\uFEFFOne.\r\nMore.\n<|endoftext|>\n\n<|endoftext|>\nTwo <|endoftext|> goes on.\n<|endoftext|>"
        );
        Assert.Equal(["One.\nMore.", "Two <|endoftext|> goes on."], Documents.OfText(folder["a.txt"]));
        File.WriteAllText(folder["b.txt"], "One.\n\nStill one.");
        Assert.Equal(["One.\n\nStill one."], Documents.OfText(folder["b.txt"]));
        Assert.Equal(["One.", "Still one."], Documents.OfLines(folder["b.txt"]));
    }

    [Fact]
    public void Compressed_text_is_read_and_lines_may_be_longer_than_a_buffer()
    {
        var line = string.Concat(Enumerable.Repeat("äbc ", 700_000)).Trim();
        File.WriteAllBytes(folder["a.txt.gz"], Gzip.Of(line + "\n<|endoftext|>\nTwo"));
        Assert.Equal([line, "Two"], Documents.OfText(folder["a.txt.gz"]));
    }

    /// <summary>The drawer of files that are not training data, named by defect.</summary>
    public static TheoryData<string, byte[], string> BrokenFiles =>
        new()
        {
            {
                "nul.txt",
                "fine\nab\0c"u8.ToArray(),
                "nul.txt: line 2 has a NUL byte at column 3: this is a binary file"
            },
            {
                "latin1.txt",
                [(byte)'a', (byte)'\n', (byte)'b', 0xE9, (byte)'c'],
                "latin1.txt: line 2 is not UTF-8 at column 2"
            },
            { "cut.txt.gz", Gzip.Of(Noise())[..^200], "cut.txt.gz: the compressed file is damaged or ends too early" },
            {
                "end-cut.txt.gz",
                Gzip.Of(Noise())[..^4],
                "end-cut.txt.gz: the compressed file is damaged or ends too early"
            },
            { "flipped.txt.gz", Flipped(Gzip.Of(Noise())), "flipped.txt.gz: the compressed file is damaged" },
            { "cut.jsonl", "{}\n"u8.ToArray(), "cut.jsonl: line 1 is not the JSON object expected" },
            {
                "half.jsonl",
                "{\"context\":\"a\",\"question\":\"b\",\"answers\":[]}\n{\"context\":\"a"u8.ToArray(),
                "half.jsonl: line 2 is not the JSON object expected"
            },
            {
                "null.jsonl",
                "{\"context\":null,\"question\":\"b\",\"answers\":[]}"u8.ToArray(),
                "null.jsonl: line 1: context, question or an answer is null"
            },
            {
                "number.jsonl",
                "{\"context\":1,\"question\":\"b\",\"answers\":[]}"u8.ToArray(),
                "number.jsonl: line 1 is not the JSON object expected"
            },
        };

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void A_broken_file_is_refused_by_name_and_place(string name, byte[] content, string message)
    {
        File.WriteAllBytes(folder[name], content);
        var trouble = Assert.Throws<TrainingDataException>(() =>
        {
            if (name.EndsWith(".jsonl", StringComparison.Ordinal))
                _ = TaskItems.Questions(folder[name]).Count();
            else
                _ = Documents.OfText(folder[name]).Count();
        });
        Assert.StartsWith(message, trouble.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', trouble.Message);
    }

    [Fact]
    public void Private_and_unreadable_notes_stay_out()
    {
        Directory.CreateDirectory(folder["vault/sub"]);
        File.WriteAllText(folder["vault/open.md"], "---\ntitle: x\n---\nBuy milk. <!-- hidden -->");
        File.WriteAllText(folder["vault/sub/secret.md"], "---\nprivate: true\n---\nThe code is 4711.");
        File.WriteAllText(folder["vault/odd.md"], "---\nprivate: [true\n---\nThe other code is 4712.");
        var notes = NotesFolder.Read(folder["vault"]);
        Assert.Equal(["Buy milk."], notes.Notes.Select(note => note.Text));
        Assert.Equal(1, notes.LeftOut["private"]);
        Assert.Equal(1, notes.LeftOut["unreadable"]);
    }

    [Theory]
    [InlineData("llama-bpe")]
    [InlineData("gpt-2")]
    [InlineData("smollm")]
    [InlineData("default")]
    public void The_cache_of_words_gives_the_tokenizers_own_tokens(string pre)
    {
        var tokenizer = TestTokenizer.Small(folder, pre).Tokenizer;
        var encoder = new CachedEncoder(tokenizer);
        var draw = new Draw(3);
        string[] parts =
        [
            "the",
            " was",
            " ",
            "\n",
            ",",
            "'s",
            "\"",
            "12",
            " 20",
            "é",
            "한",
            "😀",
            "\t",
            "a!b",
            ".",
            "<|im_end|>",
            "  ",
        ];
        for (var round = 0; round < 400; round++)
        {
            var text = new StringBuilder();
            for (var i = draw.Below(30); i >= 0; i--)
                text.Append(parts[draw.Below(parts.Length)]);
            Assert.Equal(tokenizer.Encode(text.ToString(), addBos: false), encoder.Encode(text.ToString()));
        }
    }

    [Fact]
    public void Tokens_come_back_from_the_cache_folder_and_a_damaged_file_there_is_made_again()
    {
        var tokenizer = TestTokenizer.Small(folder);
        File.WriteAllText(folder["a.txt"], "the cat was in\n<|endoftext|>\non the mat");
        var cache = new TokenCache(tokenizer, new EncoderPool(tokenizer.Tokenizer), folder["cache"], 2);
        var reads = 0;
        var first = Open();
        Assert.Equal(2, first.Documents.Length);
        Assert.Equal(first.Tokens, Open().Tokens);
        Assert.Equal(1, reads);
        var file = Directory.GetFiles(folder["cache"]).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^40]++;
        File.WriteAllBytes(file, bytes);
        var tokens = new int[first.Tokens];
        Open().Copy(0, tokens);
        Assert.Equal(2, reads);
        Assert.Equal("the cat was inon the mat", tokenizer.Tokenizer.Decode(tokens));

        TokenStore Open() =>
            cache.Open(
                folder["a.txt"],
                "hash",
                "text",
                path =>
                {
                    reads++;
                    return Documents.OfText(path);
                }
            );
    }

    private static string Noise()
    {
        var draw = new Draw(1);
        return string.Concat(Enumerable.Range(0, 2000).Select(_ => draw.Below(1_000_000) + " "));
    }

    private static byte[] Flipped(byte[] bytes)
    {
        bytes[bytes.Length / 2] ^= 0x55;
        return bytes;
    }
}
