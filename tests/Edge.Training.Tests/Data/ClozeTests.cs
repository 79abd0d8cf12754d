using Edge.Assistant.Writing;
using Edge.TestKit;
using Edge.Training.Data;

namespace Edge.Training.Tests.Data;

public sealed class ClozeTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TrainingTokenizer tokenizer;
    private readonly CachedEncoder encoder;
    private readonly ExampleEncoder examples;

    public ClozeTests()
    {
        tokenizer = TestTokenizer.Small(folder);
        encoder = new CachedEncoder(tokenizer.Tokenizer);
        examples = new ExampleEncoder(tokenizer);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Prose_gives_questions_whose_answers_stand_in_their_passages()
    {
        var text = string.Concat(
            Enumerable
                .Range(0, 60)
                .Select(i => $"On day {i} the gardener {i}th-best carried {i * 7} bulbs to Anna's old shed. ")
        );
        var tasks = ClozeTasks.Of([text], "prose", examples, 2048, seed: 3);
        Assert.InRange(tasks.ExamplesPerEpoch, 3, 25);
        var refusals = 0;
        for (var i = 0; i < 200; i++)
        {
            var example = tasks.Make(i, encoder);
            if (example is null)
                continue;
            Assert.InRange(example.Positions, 1, 2048);
            var all = Text(example);
            var passage = all.Split("?\n\n")[1].Split("\n\nQuestion: ")[0];
            Assert.Contains(passage, text, StringComparison.Ordinal);
            foreach (var (start, end) in example.Answers)
            {
                var said = tokenizer.Tokenizer.Decode(example.Ids.AsSpan(start, end - 1 - start)).Trim();
                if (said == TaskPrompt.Refusal)
                    refusals++;
                else
                    Assert.True(Spans.Stands(passage, said), $"\"{said}\" does not stand in: {passage}");
                Assert.Equal(examples.EndOfTurn, example.Ids[end - 1]);
            }
            // The same example again, whatever was made in between.
            Assert.Equal(example.Ids, tasks.Make(i, encoder)!.Ids);
        }
        Assert.InRange(refusals, 1, 150);
        Assert.InRange(tasks.Counts["prose"].Made, 100, 400);
    }

    private string Text(Example example) =>
        string.Concat(
            example.Ids.Select(id => id < 3 ? tokenizer.Tokenizer.Piece(id) : tokenizer.Tokenizer.Decode([id]))
        );
}
