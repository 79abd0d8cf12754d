using Edge.Inference;
using Edge.TestKit;

namespace Edge.Assistant.Tests;

/// <summary>What is reused between continuations of one prompt changes no bit of them.</summary>
public sealed class LastLogitsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Logits_of_continuations_are_those_of_a_fresh_conversation()
    {
        TinyModel.Write(folder["tiny.gguf"], seed: 3, context: 128);
        using var model = LanguageModel.Open(folder["tiny.gguf"], threads: 1);
        using var fresh = LanguageModel.Open(folder["tiny.gguf"], threads: 2);
        var random = new Random(4);
        var vocab = model.Tokenizer.VocabSize;
        int[] prompt = [.. Enumerable.Range(0, 90).Select(_ => random.Next(vocab))];
        var logits = new float[vocab * 128];
        for (var round = 0; round < 40; round++)
        {
            int[] tokens =
            [
                .. prompt.AsSpan(0, random.Next(1, 91)),
                .. Enumerable.Range(0, random.Next(0, 30)).Select(_ => random.Next(3)),
            ];
            var rows = random.Next(1, tokens.Length + 1);
            model.LogitsOfLast(tokens, rows, logits, TestContext.Current.CancellationToken);
            var expected = fresh.Logits(tokens);
            for (var i = 0; i < rows; i++)
                Assert.Equal(expected[tokens.Length - rows + i], logits[(i * vocab)..((i + 1) * vocab)]);
            // A generation between them takes the cache for itself.
            if (round % 5 == 0)
                model.Generate(prompt.AsSpan(0, 20), new GenerationOptions { MaxTokens = 3 });
        }
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        TinyModel.Write(folder["tiny.gguf"], seed: 3, context: 32);
        using var model = LanguageModel.Open(folder["tiny.gguf"], threads: 1);
        var room = new float[model.Tokenizer.VocabSize * 4];
        Refused("1 to 2 last tokens", [1, 2], 3);
        Refused("1 to 2 last tokens", [1, 2], 0);
        Refused("33 tokens do not fit the 32 positions", new int[33], 1);
        Refused("got room for", [1, 2, 3, 4, 5], 5);
        Refused("token ids must be", [1, -1], 1);

        void Refused(string words, int[] tokens, int rows) =>
            Assert.Contains(
                words,
                Assert.ThrowsAny<ArgumentException>(() => model.LogitsOfLast(tokens, rows, room)).Message
            );
    }
}
