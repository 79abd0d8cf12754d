using System.IO.Compression;
using System.Text;
using Edge.Training.Tokenizing;

namespace Edge.Training.Tests.Tokenizing;

public sealed class BytePairTrainerTests : IDisposable
{
    private readonly TokenizerWorkplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void The_worked_example_of_the_literature_comes_out()
    {
        // aaabdaaabac: "aa" stands 4 times (twice in each "aaa"), then "ab" and "aa"+"a" twice each: "ab" was first.
        var corpus = place.Corpus("aaabdaaabac");
        var trained = TokenizerWorkplace.Train(corpus, 3, SplitPattern.None);
        Assert.Equal([('a', 'a', 4L), ('a', 'b', 2L), (256, 257, 2L)], TokenizerWorkplace.Merges(trained.Vocabulary));
        var tokenizer = place.SaveAndOpen(trained.Vocabulary);
        Assert.Equal([258, 'd', 258, 'a', 'c'], tokenizer.Encode("aaabdaaabac"));
    }

    [Theory]
    [InlineData(SplitPattern.None, "ab", 1)]
    [InlineData(SplitPattern.None, "aaab ", 2)]
    [InlineData(SplitPattern.None, "abcdé한😀 \n", 3)]
    [InlineData(SplitPattern.Gpt2, "aab 12.\n", 4)]
    [InlineData(SplitPattern.Gpt4, "aabB 123.\n'", 5)]
    public void Merges_and_counts_are_those_of_counting_everything_again(SplitPattern pattern, string letters, int seed)
    {
        var random = new Random(seed);
        var runes = letters.EnumerateRunes().ToArray();
        for (var round = 0; round < 20; round++)
        {
            var documents = Enumerable
                .Range(0, random.Next(1, 6))
                .Select(_ =>
                    string.Concat(
                        Enumerable.Range(0, random.Next(1, 200)).Select(_ => runes[random.Next(runes.Length)])
                    )
                )
                .ToList();
            var expected = NaiveBytePairs.Train(documents, pattern, 40);
            if (expected.Count == 0)
                continue;
            // Line breaks at the edges of a document belong to the marks: here each is written with two of its own.
            var corpus = place.Corpus(string.Concat(documents.Select(text => $"{text}\n<|endoftext|>\n")));
            var trained = TokenizerWorkplace.Train(corpus, expected.Count, pattern, threads: 2);
            Assert.Equal(expected, TokenizerWorkplace.Merges(trained.Vocabulary));

            var text = string.Concat(documents);
            var ids = place.SaveAndOpen(trained.Vocabulary).Encode(text);
            if (pattern != SplitPattern.Gpt4) // There a word that is a token is taken whole.
                Assert.Equal(NaiveBytePairs.Encode(text, pattern, expected), ids);
        }
    }

    [Fact]
    public void Threads_and_the_order_of_files_do_not_change_a_byte_of_what_is_written()
    {
        var random = new Random(7);
        var files = Enumerable
            .Range(0, 5)
            .Select(i => place.Corpus(RandomProse(random, 300_000), $"part{i}.txt"))
            .ToList();
        var written = new List<byte[]>();
        foreach (var threads in new[] { 1, 2, 3, 8 })
        {
            var trained = TokenizerWorkplace.Train(files, 500, SplitPattern.Gpt2, threads, "<|endoftext|>");
            place.SaveAndOpen(trained.Vocabulary);
            written.Add([.. File.ReadAllBytes(place["tok.gguf"]), .. File.ReadAllBytes(place["tok.txt"])]);
            files.Reverse();
        }
        Assert.All(written, bytes => Assert.Equal(written[0], bytes));
    }

    [Theory]
    [InlineData(SplitPattern.Gpt2)]
    [InlineData(SplitPattern.Gpt4)]
    public void A_document_longer_than_a_block_is_counted_as_if_it_were_split_whole(SplitPattern pattern)
    {
        var random = new Random(11);
        var text = new StringBuilder();
        while (text.Length < 2_500_000)
            text.Append(RandomProse(random, 1000))
                .Append(
                    random.Next(4) switch
                    {
                        0 => "\n\n  ",
                        1 => "\r\n",
                        2 => " 1234 ",
                        _ => "'ll ",
                    }
                );
        text.Append("end");
        var corpus = place.Corpus(text.ToString());
        var counter = new WordCounter(pattern, 2);
        var table = counter.Count([corpus], null, CancellationToken.None);

        var expected = new Dictionary<string, long>();
        var start = 0;
        var whole = text.ToString();
        foreach (var end in Edge.Inference.Tokenizers.PreTokenizer.Find(pattern.PreName())!.Split(whole))
        {
            expected[whole[start..end]] = expected.GetValueOrDefault(whole[start..end]) + 1;
            start = end;
        }
        var counted = Enumerable.Range(0, table.Count).ToDictionary(i => table.Word(i).ToString(), i => table[i].Times);
        Assert.Equal(
            expected.OrderBy(p => p.Key, StringComparer.Ordinal),
            counted.OrderBy(p => p.Key, StringComparer.Ordinal)
        );
        Assert.Equal(1, counter.Documents);
    }

    [Fact]
    public void The_mark_between_documents_is_never_counted_as_text()
    {
        const string Text = "one\n<|endoftext|>\ntwo\r\n<|endoftext|>\r\n\n<|endoftext|>\nthree <|endoftext|>four";
        var counter = new WordCounter(SplitPattern.None, 1);
        var table = counter.Count([place.Corpus(Text)], null, CancellationToken.None);
        Assert.Equal(
            ["one", "two", "three ", "four"],
            Enumerable.Range(0, table.Count).Select(i => table.Word(i).ToString())
        );
        Assert.Equal(4, counter.Documents);
        Assert.Equal(16, counter.TextBytes);
    }

    [Fact]
    public void Marks_and_characters_at_the_edge_of_a_block_stay_whole()
    {
        const int Block = CorpusReader.BlockBytes;
        for (var shift = 0; shift < 24; shift++)
        {
            // No space to cut at: the first document is cut before the block ends, and its end mark is met afterwards.
            var head = string.Concat(Enumerable.Repeat("한", (Block / 3) - 8)) + new string('x', shift);
            var counter = new WordCounter(SplitPattern.None, 1);
            var table = counter.Count([place.Corpus(head + "\n<|endoftext|>\n두번째")], null, CancellationToken.None);
            var words = Enumerable.Range(0, table.Count).Select(i => table.Word(i).ToString()).ToList();
            Assert.Equal(head, string.Concat(words.SkipLast(1)));
            Assert.Equal("두번째", words[^1]);
            Assert.Equal(2, counter.Documents);
        }
    }

    [Fact]
    public void Packed_files_and_files_with_a_byte_order_mark_count_the_same()
    {
        var text = RandomProse(new Random(3), 200_000);
        var plain = place.Corpus(text);
        File.WriteAllText(place["marked.txt"], text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using (var packed = new GZipStream(File.Create(place["packed.any"]), CompressionLevel.Fastest))
            packed.Write(Encoding.UTF8.GetBytes(text));
        var expected = TokenizerWorkplace.Merges(TokenizerWorkplace.Train(plain, 100).Vocabulary);
        foreach (var name in new[] { "marked.txt", "packed.any" })
            Assert.Equal(expected, TokenizerWorkplace.Merges(TokenizerWorkplace.Train(place[name], 100).Vocabulary));
    }

    [Fact]
    public void Ten_megabytes_without_a_place_to_split_are_merged_too()
    {
        var corpus = place.Corpus(string.Concat(Enumerable.Repeat("aab", 3_500_000)));
        var trained = TokenizerWorkplace.Train(corpus, 20, SplitPattern.None, threads: 2);
        Assert.Equal(20, trained.Vocabulary.Merges);
        Assert.True(trained.Vocabulary.Tokens.Max(token => token.Text.Length) <= BytePairOptions.TokenBytesMax);
    }

    [Fact]
    public void A_merge_never_makes_a_second_token_with_the_same_text()
    {
        // Runs of one letter can be put together in several ways; the text also spells a special token.
        var corpus = place.Corpus(
            string.Join("\n<|endoftext|>\n", Enumerable.Range(1, 60).Select(n => new string('a', n) + "<|x|>"))
        );
        var trained = TokenizerWorkplace.Train(corpus, 30, SplitPattern.None, 1, "<|x|>");
        var texts = trained.Vocabulary.Tokens.Select(token => token.Text).ToList();
        Assert.Equal(texts.Count, texts.Distinct().Count());
    }

    [Fact]
    public void Cancelling_stops_it()
    {
        var corpus = place.Corpus(RandomProse(new Random(1), 100_000));
        var options = new BytePairOptions { VocabSize = 300 };
        Assert.Throws<OperationCanceledException>(() =>
            BytePairTrainer.Train([corpus], options, TimeProvider.System, null, new CancellationToken(canceled: true))
        );
    }

    private static string RandomProse(Random random, int chars)
    {
        var text = new StringBuilder();
        while (text.Length < chars)
        {
            for (var letters = random.Next(1, 9); letters > 0; letters--)
                text.Append((char)('a' + (random.Next(26) * random.Next(26) / 26)));
            text.Append(random.Next(12) == 0 ? ".\n" : " ");
        }
        return text.ToString();
    }
}
