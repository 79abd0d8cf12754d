using Edge.Assistant.Evaluation;
using Edge.TestKit;

namespace Edge.Assistant.Tests;

/// <summary>Floors a little under what was measured, so that a change which makes answers worse is seen.</summary>
public class SharedVaultTests
{
    [Theory]
    [InlineData("recipes")]
    [InlineData("til-simonw")]
    [InlineData("style-guide")]
    [InlineData("minutes-k8s")]
    public void Questions_over_real_notes_stay_above_the_floor(string vault)
    {
        var questions = AnswersEvaluation.ReadQuestions(Repo.Shared($"vaults/{vault}.questions.jsonl"));
        using var desk = new Desk(Repo.Shared($"vaults/{vault}"));
        var report = AnswersEvaluation.Run(
            questions,
            question => desk.Ask(question),
            cancellation: TestContext.Current.CancellationToken
        );
        var wrong = string.Join(
            "; ",
            report.Items.Where(item => !item.Correct).Select(item => $"{item.Id}: {item.Why}")
        );
        Assert.True(report.RetrievalTop3 >= 0.9, wrong);
        Assert.True(report.AnswerCorrect >= 0.8, wrong);
        Assert.True(report.UnanswerableRefused >= 0.8, wrong);
        Assert.True(report.AnswerableRefused <= 0.1, wrong);
    }
}
