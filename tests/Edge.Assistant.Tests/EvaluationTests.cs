using System.IO.Compression;
using System.Text;
using Edge.Assistant.Evaluation;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Assistant.Tests;

/// <summary>Files of tasks through a real model that always says the same.</summary>
public sealed class EvaluationTests : IDisposable
{
    private const string Questions = """
        {"id": "q1", "source": "garden", "context": "The budget is 300 euros. Anna buys seeds.", "question": "Who buys seeds?", "answers": ["Anna"]}
        {"id": 7, "source": "garden", "context": "The budget is 300 euros.", "question": "Who sings?", "answers": []}

        {"context": "It rained all day.", "question": "When did it rain?", "answers": ["all day", "rained all day"], "more": 1}
        """;

    private const string Texts = """
        {"id": "s1", "source": "garden", "text": "Anna buys seeds. They cost 300 euros.", "summary": "Anna buys seeds for 300 euros.", "kind": "summary"}
        {"source": "diary", "text": "It rained all day.", "summary": "Rain", "kind": "title"}
        """;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Questions_are_read_with_and_without_their_names_and_packed_or_not()
    {
        var plain = TaskFile.ReadQa(Write("q.jsonl", Questions));
        Assert.Equal(["q1", "7", "4"], plain.Select(item => item.Id));
        Assert.Equal(["garden", "garden", "all"], plain.Select(item => item.Source));
        Assert.Equal([true, false, true], plain.Select(item => item.IsAnswerable));
        Assert.Equal(2, plain[2].Answers.Count);

        var packed = folder["packed.data"];
        using (var zip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            zip.Write(Encoding.UTF8.GetBytes(Questions));
        Assert.Equal(plain.Select(item => item.Question), TaskFile.ReadQa(packed).Select(item => item.Question));
        Assert.Equal("q1", Assert.Single(TaskFile.ReadQa(packed, limit: 1)).Id);
    }

    [Theory]
    [InlineData("", "no line with")]
    [InlineData("{\"context\": \"x\", \"question\": \"y\"}", "line 1", "\"answers\"")]
    [InlineData("\n{\"context\": \"x\", \"answers\": []}", "line 2", "\"question\"")]
    [InlineData("{\"context\": 3, \"question\": \"y\", \"answers\": []}", "line 1")]
    [InlineData("[]", "line 1")]
    [InlineData("not json", "line 1", "\"context\"")]
    public void A_bad_file_is_refused_with_its_name_and_line(string content, params string[] words)
    {
        var path = Write("bad.jsonl", content);
        var message = Assert.Throws<InvalidDataException>(() => TaskFile.ReadQa(path)).Message;
        Assert.All(words.Append(path), word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_cut_gzip_file_is_refused()
    {
        using var whole = new MemoryStream();
        using (var zip = new GZipStream(whole, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(Encoding.UTF8.GetBytes(Questions));
        var bytes = whole.ToArray();
        bytes[^6] ^= 0x55;
        File.WriteAllBytes(folder["broken.gz"], bytes);
        Assert.Contains(
            "damaged",
            Assert.Throws<InvalidDataException>(() => TaskFile.ReadQa(folder["broken.gz"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Answers_of_a_model_are_scored_in_total_and_by_source()
    {
        using var model = Speaker("Anna");
        var writer = new PlainWriter(model);
        var report = QaEvaluation.Run(TaskFile.ReadQa(Write("q.jsonl", Questions)), [Plain(writer), Plain(writer)]);
        // Right, not refused, wrong.
        Assert.Equal([1.0, 0, 0], report.Items.Select(item => item.F1));
        Assert.Equal(1.0 / 3, report.Model!.F1, 12);
        Assert.Equal(0.5, report.Model.AnswerableF1);
        Assert.Equal(0, report.Model.UnanswerableRefused);
        Assert.Equal(["all", "garden"], report.Sources.Select(source => source.Source));
        Assert.Equal(0.5, report.Sources[1].Model!.F1);
        // Best sentences: "Anna buys seeds." 2 * 1 / (3 + 1), and "It rained all day." against "rained all day" 6 / 7.
        Assert.Equal((0.5 + (6.0 / 7)) / 3, report.Baseline.F1, 12);
    }

    [Fact]
    public void A_model_that_only_refuses_is_right_where_there_is_no_answer()
    {
        using var model = Speaker(TaskPrompt.Refusal);
        var report = QaEvaluation.Run(TaskFile.ReadQa(Write("q.jsonl", Questions)), [Plain(new PlainWriter(model))]);
        Assert.Equal(1, report.Model!.UnanswerableRefused);
        Assert.Equal(1, report.Model.AnswerableRefused);
        Assert.Equal(1.0 / 3, report.Model.Exact, 12);
        Assert.All(report.Items, item => Assert.Equal("", item.Prediction));
    }

    [Fact]
    public void Without_a_model_the_baseline_is_scored_alone()
    {
        var report = QaEvaluation.Run(TaskFile.ReadQa(Write("q.jsonl", Questions)), []);
        Assert.Null(report.Model);
        Assert.Empty(report.Items);
        Assert.Equal(3, report.Baseline.Count);
    }

    [Fact]
    public void Summaries_are_grounded_and_scored_beside_the_lead_sentence()
    {
        using var model = Speaker("Anna buys seeds. They cost 301 euros.");
        var writer = new SummaryWriter(model);
        var report = SummariesEvaluation.Run(
            TaskFile.ReadSummaries(Write("s.jsonl", Texts)),
            [item => writer.Summarize(item.Text, item.Query, TestContext.Current.CancellationToken)]
        );
        // Of the first text one sentence stands; of the second none, so one of its own is shown.
        Assert.Equal(["Anna buys seeds.", "It rained all day."], report.Items.Select(item => item.Prediction));
        Assert.Equal([false, true], report.Items.Select(item => item.Fallback));
        Assert.Equal(0, report.Total.Model!.InventedRate);
        Assert.Equal(1, report.Total.Raw!.InventedRate);
        Assert.Equal(0.5, report.Total.FallbackRate);
        Assert.Equal(0, report.SourcesBeaten);
        Assert.Equal(report.Total.Model, report.Total.Lead);
    }

    [Fact]
    public void Of_several_sentences_the_one_that_the_model_would_write_scores_best()
    {
        using var model = Speaker("They cost 300 euros.");
        var prompt = new TaskPrompts(model).ForSummary("A text.", null, SentenceScorer.TokensMax + 1)!.Tokens;
        var scorer = new SentenceScorer(model);
        string[] sentences = ["Anna buys seeds.", "They cost 300 euros.", "It rained all day."];
        var scores = sentences.Select(s => scorer.Score(prompt, s, TestContext.Current.CancellationToken)).ToArray();
        Assert.Equal(scores.Max(), scores[1]);
        Assert.All(scores, score => Assert.True(score < 0));
        // Longer than what is compared: its beginning counts.
        var tail = string.Concat(Enumerable.Repeat(" zq", 200));
        Assert.True(double.IsFinite(scorer.Score(prompt, sentences[0] + tail, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void The_score_is_the_mean_log_probability_of_the_tokens_one_by_one_and_of_the_end()
    {
        TinyModel.Write(folder["tiny.gguf"], seed: 3, context: 1024);
        using var model = LanguageModel.Open(folder["tiny.gguf"], threads: 1);
        var token = TestContext.Current.CancellationToken;
        var prompt = new TaskPrompts(model).ForQuestion("The pump is old.", "What is old?", 100)!.Tokens;
        var sentence = model.Tokenizer.Encode(
            model.Tokenizer.AddsSpacePrefix ? "the pump" : " the pump",
            addBos: false
        );
        var row = new float[model.Tokenizer.VocabSize];
        var sum = 0.0;
        for (var i = 0; i <= sentence.Length; i++)
        {
            model.LogitsOfLast([.. prompt, .. sentence[..i]], 1, row, token);
            var next = i < sentence.Length ? sentence[i] : model.Tokenizer.EosId!.Value;
            sum += row[next] - Math.Log(row.Sum(logit => Math.Exp(logit)));
        }
        Assert.Equal(sum / (sentence.Length + 1), new SentenceScorer(model).Score(prompt, "the pump", token), 4);
    }

    [Fact]
    public void Results_stand_in_the_order_of_the_items_however_many_work()
    {
        var items = Enumerable.Range(0, 200).ToList();
        var done = new List<int>();
        var results = ParallelItems.Run(
            items,
            [.. Enumerable.Range(0, 4).Select(_ => (Func<int, int>)(i => i * i))],
            done.Add,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(items.Select(i => i * i), results);
        Assert.Equal(Enumerable.Range(1, 200), done);
    }

    [Fact]
    public void Trouble_of_one_item_ends_the_work_with_its_message()
    {
        var trouble = Assert.Throws<InvalidDataException>(() =>
            ParallelItems.Run(
                Enumerable.Range(0, 50).ToList(),
                [i => i == 7 ? throw new InvalidDataException("item seven") : i, i => i],
                null,
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal("item seven", trouble.Message);
    }

    private static Func<QaItem, QaPrediction> Plain(PlainWriter writer) =>
        item =>
        {
            string said;
            lock (writer)
                said = writer.Answer(item.Context, item.Question, TestContext.Current.CancellationToken).Text;
            return new QaPrediction(said, QaEvaluation.IsRefusal(said));
        };

    private LanguageModel Speaker(string says)
    {
        SpeakingModel.Write(folder["speaker.gguf"], says);
        return LanguageModel.Open(folder["speaker.gguf"], threads: 1);
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(folder[name], content);
        return folder[name];
    }
}
