using System.Globalization;
using System.Text;
using Edge.Assistant.Evaluation;

namespace Edge.Cli.Output;

/// <summary>A Markdown section with what an evaluation of answers found.</summary>
internal static class AnswersPage
{
    /// <param name="title">Of the section: the vault's name.</param>
    public static string Section(string title, AnswersReport report)
    {
        var answerable = report.Items.Count(item => item.Gold is not null);
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture,
            $"""

            ## {title}

            {answerable} questions that the notes answer, {report.Items.Count - answerable} that they do not.

            | right note first | in the first three | answer correct | unanswerable refused | answerable refused | invented | median | slowest |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            | {report.RetrievalTop1:P1} | {report.RetrievalTop3:P1} | {report.AnswerCorrect:P1} | {report.UnanswerableRefused:P1} | {report.AnswerableRefused:P1} | {report.InventedRate:P1} | {report.MedianMs:F0} ms | {report.Items.Select(
                item => item.Ms
            ).DefaultIfEmpty().Max():F0} ms |

            """
        );
        var missed = report.Items.Where(item => !item.Correct || item.Rank != (item.Gold is null ? 0 : 1)).ToList();
        if (missed.Count > 0)
            page.Append("\n| question | expected | got | cause |\n| --- | --- | --- | --- |\n");
        foreach (var item in missed)
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {item.Id}: {Cell(item.Question)} | {Cell(item.Gold ?? "a refusal")} | {Cell(item.Answer)} | {Cause(item)} |\n"
            );
        return page.ToString();
    }

    private static string Cause(EvaluatedAnswer item) =>
        item.Why
        ?? (
            item.Rank == 0
                ? "answered from another note; the right one was not retrieved"
                : string.Create(CultureInfo.InvariantCulture, $"answered; the right note is in place {item.Rank}")
        );

    private static string Cell(string text) =>
        (text.Length <= 160 ? text : text[..160] + "…").ReplaceLineEndings(" ").Replace("|", "\\|");
}
