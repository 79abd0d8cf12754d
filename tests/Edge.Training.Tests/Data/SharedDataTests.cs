using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Tests.Data;

/// <summary>A part of the data that our own model is trained on.</summary>
public sealed class SharedDataTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Real_documents_have_the_tokenizers_own_tokens()
    {
        var tokenizer = TestTokenizer.Of4096(folder);
        var encoder = new CachedEncoder(tokenizer.Tokenizer);
        foreach (var file in new[] { "notes_til", "meetings_k8s" })
        {
            foreach (var document in Documents.OfText(Repo.Shared($"data/pretrain/{file}.txt.gz")).Take(120))
                Assert.Equal(tokenizer.Tokenizer.Encode(document, addBos: false), encoder.Encode(document));
        }
    }

    [Theory]
    [InlineData(512, 0.08)]
    [InlineData(1024, 0.015)]
    public void Tasks_leave_little_of_a_row_empty_and_have_their_share_of_unanswerable_questions(
        int length,
        double most
    )
    {
        var stage = new RecipeStage
        {
            Name = "tasks",
            Kind = "instruct",
            Tokens = 1,
            Data =
            [
                new RecipeData
                {
                    File = Repo.Shared("data/qa/dev.jsonl.gz"),
                    Weight = 45,
                    Questions = new RecipeQuestions { Pack = new Dictionary<string, int> { ["qamr"] = 5 } },
                },
                new RecipeData { File = Repo.Shared("data/summarize/dev.jsonl.gz"), Weight = 35 },
            ],
        };
        var options = new TrainingDataOptions { Length = length, Threads = 2 };
        var data = TrainingData.Open(stage, new DataFiles(null, null), TestTokenizer.Of4096(folder), options);
        var batch = new Batch(8, length);
        for (var row = 0; row < data.RowsPerEpoch; row += 8)
            data.Fill(batch, row);
        output.WriteLine($"empty {data.EmptyShare:P2}");
        Assert.InRange(data.EmptyShare, 0, most);
        var counts = data.Entries[0].Tasks.Values;
        Assert.InRange((double)counts.Sum(c => c.Unanswerable) / counts.Sum(c => c.Made), 0.12, 0.18);
        Assert.True(counts.Sum(c => c.Dropped) < 0.01 * counts.Sum(c => c.Made));
    }

    [Fact]
    public void Nearly_every_answer_is_a_run_of_tokens_of_its_passage()
    {
        var encoder = new CachedEncoder(TestTokenizer.Of4096(folder).Tokenizer);
        var set = QuestionSet.Of(TaskItems.Questions(Repo.Shared("data/qa/dev.jsonl.gz")), null);
        var answered = set.Items.Where(item => item.Answer is not null).ToArray();
        var runs = answered.Count(item =>
        {
            var passage = encoder.Encode("\n\n" + item.Passage);
            return AnswerTokens.Contains(passage, AnswerTokens.Of(item.Answer, item.Passage, passage, encoder));
        });
        output.WriteLine($"{(double)runs / answered.Length:P1} of {answered.Length:N0}");
        Assert.True(runs > 0.98 * answered.Length);
    }
}
