using Edge.Assistant.Evaluation;
using Edge.TestKit;

namespace Edge.Assistant.Tests;

/// <summary>The notes and questions that the demo shows are a golden set.</summary>
public class SampleVaultTests
{
    private static readonly string Samples = Path.Combine(Repo.Root, "host-tools", "Edge.Cli", "Samples");

    private static AnswersReport Evaluate(Func<GoldQuestion, bool> which)
    {
        using var desk = new Desk(Path.Combine(Samples, "vault"));
        var questions = AnswersEvaluation.ReadQuestions(Path.Combine(Samples, "questions.jsonl")).Where(which).ToList();
        return AnswersEvaluation.Run(
            questions,
            question => desk.Ask(question),
            cancellation: TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public void All_five_questions_of_the_demo_are_right_and_the_unanswerable_one_is_refused()
    {
        var report = Evaluate(question => question.Id.StartsWith("demo", StringComparison.Ordinal));
        Assert.Equal(5, report.Items.Count);
        Assert.All(report.Items, item => Assert.True(item.Correct, $"{item.Question} -> {item.Answer} ({item.Why})"));
        Assert.Equal((1.0, 1.0, 0.0), (report.AnswerCorrect, report.UnanswerableRefused, report.AnswerableRefused));
        Assert.Equal(1, report.Items.Count(item => item.Refused));
    }

    [Fact]
    public void The_demo_says_the_gold_text_itself_and_not_only_near_it()
    {
        var report = Evaluate(question => question.Id.StartsWith("demo", StringComparison.Ordinal));
        Assert.All(
            report.Items.Where(item => item.Gold is not null),
            item => Assert.Contains(item.Gold!, item.Answer.ReplaceLineEndings(" "))
        );
    }

    [Fact]
    public void The_further_questions_are_mostly_right()
    {
        var report = Evaluate(_ => true);
        var wrong = report.Items.Where(item => !item.Correct).Select(item => $"{item.Id}: {item.Why}");
        Assert.True(report.RetrievalTop3 >= 0.97 && report.AnswerCorrect >= 0.9, string.Join("; ", wrong));
        Assert.True(report.UnanswerableRefused >= 0.75 && report.AnswerableRefused <= 0.06, string.Join("; ", wrong));
    }
}
