using System.Text.Json;

namespace Edge.Assistant.Evaluation;

/// <summary>A question with the answer that the notes give.</summary>
/// <param name="Answer">Stands in the note as written here; null when the notes cannot answer.</param>
/// <param name="Note">Vault path of the note that has it; null when the notes cannot answer.</param>
public sealed record GoldQuestion(string Id, string Question, string? Answer, string? Note);

/// <param name="Cited">Citations as "note:first-last", in order.</param>
/// <param name="Rank">Place of the gold note among the retrieved, from 1; 0 when it is not there or there is none.</param>
/// <param name="Correct">The gold string stands in the answer or a quoted line; or a refusal was right.</param>
/// <param name="Invented">It has a name, number or date that neither the quoted lines nor the names of their notes have.</param>
/// <param name="Why">What went wrong; null when correct.</param>
public sealed record EvaluatedAnswer(
    string Id,
    string Question,
    string? Gold,
    string Answer,
    IReadOnlyList<string> Cited,
    int Rank,
    double Confidence,
    bool Refused,
    bool Correct,
    bool Invented,
    string? Why,
    double Ms
);

/// <summary>Shares are 0 to 1; the share of an empty set is 0.</summary>
/// <param name="RetrievalTop1">Answerable questions whose gold note is retrieved first.</param>
/// <param name="RetrievalTop3">Answerable questions whose gold note is among the first three.</param>
/// <param name="AnswerCorrect">Answerable questions that are answered with the gold string.</param>
/// <param name="InventedRate">Of all answers that are no refusals.</param>
public sealed record AnswersReport(
    double RetrievalTop1,
    double RetrievalTop3,
    double AnswerCorrect,
    double UnanswerableRefused,
    double AnswerableRefused,
    double InventedRate,
    double MedianMs,
    IReadOnlyList<EvaluatedAnswer> Items
);

/// <summary>Asks a file of questions and counts: the whole pipeline over a vault.</summary>
public static class AnswersEvaluation
{
    private const long FileBytesMax = 64L << 20;

    /// <summary>Reads one {"id", "question", "answer", "note"} a line; blank lines are skipped.</summary>
    /// <exception cref="InvalidDataException">A line is not such an object; the message has file and line.</exception>
    public static IReadOnlyList<GoldQuestion> ReadQuestions(string path)
    {
        if (new FileInfo(path).Length > FileBytesMax)
            throw new InvalidDataException($"{path}: larger than {FileBytesMax >> 20} MiB; split the questions.");
        var questions = new List<GoldQuestion>();
        var line = 0;
        foreach (var json in File.ReadLines(path))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(json))
                questions.Add(ReadQuestion(json, path, line));
        }
        return questions;
    }

    /// <param name="ask">Usually <see cref="NoteAssistant.Ask"/>.</param>
    /// <param name="onItem">Gets each item as it is done.</param>
    public static AnswersReport Run(
        IReadOnlyList<GoldQuestion> questions,
        Func<string, Answer> ask,
        Action<EvaluatedAnswer>? onItem = null,
        CancellationToken cancellation = default
    )
    {
        var items = new List<EvaluatedAnswer>(questions.Count);
        foreach (var question in questions)
        {
            cancellation.ThrowIfCancellationRequested();
            var item = Judge(question, ask(question.Question));
            items.Add(item);
            onItem?.Invoke(item);
        }
        var answerable = items.Where(item => item.Gold is not null).ToList();
        var unanswerable = items.Where(item => item.Gold is null).ToList();
        return new AnswersReport(
            Share(answerable, item => item.Rank == 1),
            Share(answerable, item => item.Rank is >= 1 and <= 3),
            Share(answerable, item => item.Correct),
            Share(unanswerable, item => item.Refused),
            Share(answerable, item => item.Refused),
            Share([.. items.Where(item => !item.Refused)], item => item.Invented),
            Median([.. items.Select(item => item.Ms)]),
            items
        );
    }

    private static GoldQuestion ReadQuestion(string json, string path, int line)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var root = parsed.RootElement;
            return new GoldQuestion(
                Text(root, "id") ?? line.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Text(root, "question") ?? throw new InvalidDataException("there is no \"question\""),
                Text(root, "answer"),
                Text(root, "note")
            );
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{path}, line {line}: expected {{\"id\", \"question\", \"answer\", \"note\"}}, found something else: {e.Message}",
                e
            );
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static EvaluatedAnswer Judge(GoldQuestion gold, Answer answer)
    {
        var rank = gold.Note is null ? 0 : answer.Retrieved.ToList().IndexOf(gold.Note) + 1;
        var quoted = !answer.Refused && gold.Answer is not null && Has(answer, gold.Answer);
        var correct = gold.Answer is null ? answer.Refused : quoted;
        return new EvaluatedAnswer(
            gold.Id,
            gold.Question,
            gold.Answer,
            answer.Text,
            [.. answer.Citations.Select(cited => $"{cited.Note}:{cited.FirstLine}-{cited.LastLine}")],
            rank,
            answer.Confidence,
            answer.Refused,
            correct,
            !answer.Refused && Invents(answer),
            correct ? null : WhyNot(gold, answer, rank),
            answer.Ms
        );
    }

    private static bool Invents(Answer answer) =>
        SummariesEvaluation.Invents(
            answer.Text,
            string.Join('\n', answer.Citations.Select(cited => $"{cited.Note}\n{cited.Quote}"))
        );

    private static bool Has(Answer answer, string gold) =>
        Holds(answer.Text, gold) || answer.Citations.Any(cited => Holds(cited.Quote, gold));

    /// <summary>White space counts as one space; case does not count.</summary>
    private static bool Holds(string text, string gold) =>
        OneSpace(text).Contains(OneSpace(gold), StringComparison.OrdinalIgnoreCase);

    private static string OneSpace(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string WhyNot(GoldQuestion gold, Answer answer, int rank)
    {
        if (gold.Answer is null)
            return "answered what the notes do not say";
        if (answer.Refused)
            return rank == 1 ? "refused with the right note first" : "refused";
        if (answer.Citations.Any(cited => cited.Note == gold.Note))
            return "cited the right note, other lines";
        return rank == 0 ? "the note was not retrieved" : $"the note was retrieved in place {rank} and not cited";
    }

    private static double Share(List<EvaluatedAnswer> items, Func<EvaluatedAnswer, bool> counts) =>
        items.Count == 0 ? 0 : (double)items.Count(counts) / items.Count;

    private static double Median(double[] values)
    {
        if (values.Length == 0)
            return 0;
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
