using System.IO.Compression;
using System.Text;
using Edge.Training.Tokenizing;

namespace Edge.Training.Tests.Tokenizing;

/// <summary>What people hand in by mistake: each gets a line that names the file, the place and the trouble.</summary>
public sealed class CorpusTroubleTests : IDisposable
{
    private readonly TokenizerWorkplace place = new();

    public static TheoryData<string, byte[], string> Broken =>
        new()
        {
            { "empty", [], "there is no text to train on" },
            { "only marks", Encoding.UTF8.GetBytes("<|endoftext|>\n<|endoftext|>\n"), "there is no text to train on" },
            { "a zero byte", [.. "some text "u8, 0, .. "more"u8], "found a zero byte at 10" },
            { "text as UTF-16", Encoding.Unicode.GetBytes("some text"), "found a zero byte at 1" },
            { "Latin-1", [.. "caf"u8, 0xE9, .. " noir"u8], "found the byte 0xE9, which is not UTF-8 at 3" },
            { "a cut character", [.. "one\n<|endoftext|>\nab"u8, 0xED, 0x95], "not UTF-8 at 20" },
            { "half a surrogate pair", [.. "ab"u8, 0xED, 0xA0, 0x80], "not UTF-8 at 2" },
            { "one word", "ab"u8.ToArray(), "the text allows 1 merges and so a vocabulary of 257, 300 were asked for" },
            { "one byte", "a"u8.ToArray(), "the text allows 0 merges" },
            { "a packed head alone", [0x1F, 0x8B, 8, 0], "the packed data" },
            {
                "damaged packed data",
                Damaged(Packed("some text that is long enough to be packed")),
                "the packed data is damaged"
            },
            { "packed binary", Packed("ab\0cd"), "found a zero byte at 2" },
        };

    public void Dispose() => place.Dispose();

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_corpus_is_refused_in_one_line(string name, byte[] bytes, string expected)
    {
        var path = place[name];
        File.WriteAllBytes(path, bytes);
        var refused = Assert.Throws<InvalidDataException>(() => TokenizerWorkplace.Train(path, 44, threads: 2));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refused.Message, StringComparison.Ordinal);
        if (!expected.Contains("allows", StringComparison.Ordinal))
            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_file_that_was_cut_short_is_refused()
    {
        var random = new Random(5);
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(_ => (char)('a' + random.Next(26))));
        var packed = Packed(text);
        File.WriteAllBytes(place["cut.gz"], packed[..(packed.Length / 2)]);
        var refused = Assert.Throws<InvalidDataException>(() => TokenizerWorkplace.Train(place["cut.gz"], 10));
        Assert.Contains("cut.gz: the packed data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_file_without_its_last_bytes_is_refused_and_one_of_several_pieces_is_not()
    {
        byte[] packed = [.. Packed("one two three"), .. Packed(" four five six\n")];
        File.WriteAllBytes(place["cut.gz"], packed[..^9]);
        var refused = Assert.Throws<InvalidDataException>(() => TokenizerWorkplace.Train(place["cut.gz"], 1));
        Assert.Contains("cut.gz: the packed data", refused.Message, StringComparison.Ordinal);
        File.WriteAllBytes(place["whole.gz"], packed);
        Assert.Equal(27, TokenizerWorkplace.Train(place["whole.gz"], 1).TextBytes);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => TokenizerWorkplace.Train(place["missing.txt"], 1));
        Assert.Contains("missing.txt", missing.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(place["folder"]);
        var folder = Assert.Throws<IOException>(() => TokenizerWorkplace.Train(place["folder"], 1));
        Assert.Contains("is a folder: name its files", folder.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(255, "", "vocab must be 256 (256 bytes and 0 special tokens) to 1,048,576, got 255")]
    [InlineData(256, "<|a|>", "vocab must be 257")]
    [InlineData(300, "<|a|> <|a|>", "the special token <|a|> is named twice")]
    [InlineData(300, "x", "a special token must have 2 characters")]
    [InlineData(300, "<|😀|>", "a special token must have no white space, control characters or emoji")]
    public void Options_that_make_no_sense_are_refused(int vocab, string special, string expected)
    {
        var options = new BytePairOptions
        {
            VocabSize = vocab,
            Special = special.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
        var corpus = place.Corpus("some text");
        var refused = Assert.Throws<ArgumentException>(() =>
            BytePairTrainer.Train([corpus], options, TimeProvider.System)
        );
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Packed(string text)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static byte[] Damaged(byte[] packed)
    {
        packed[packed.Length / 2] ^= 0xFF;
        return packed;
    }
}
