using Edge.Assistant.Text;
using Edge.Training.Recipes;

namespace Edge.Training.Data;

/// <summary>A question with its passage.</summary>
/// <param name="Answer">A span of the passage, or one of those answers that are not; null when the passage does not say.</param>
/// <param name="Generic">The same words are asked of many passages ("What is the phone number?"): another passage may well
/// answer them, so this one stays by itself.</param>
internal sealed record Asked(
    string Source,
    string Family,
    string Passage,
    string Question,
    string? Answer,
    bool Generic
);

/// <summary>Questions as read, with the answers that can be copied from their passages.</summary>
internal sealed class QuestionSet
{
    /// <summary>Passages that the same question is asked of before it counts as generic.</summary>
    private const int GenericPassages = 3;

    private QuestionSet(IReadOnlyList<Asked> items, IReadOnlyDictionary<string, int> notInPassage) =>
        (Items, NotInPassage) = (items, notInPassage);

    /// <summary>In the order of the files, which keeps passages of one text together.</summary>
    public IReadOnlyList<Asked> Items { get; }

    /// <summary>By source: questions left out because their answer does not stand in the passage.</summary>
    public IReadOnlyDictionary<string, int> NotInPassage { get; }

    public static QuestionSet Of(IEnumerable<QuestionItem> read, RecipeQuestions? settings)
    {
        var kept = new List<Asked>();
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        var passages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in read)
        {
            var passage = Hidden.Remove(item.Context).Trim();
            var question = item.Question.ReplaceLineEndings(" ").Trim();
            if (passage.Length == 0 || question.Length == 0)
                continue;
            // Many questions share a passage: one copy in memory.
            if (!passages.TryAdd(passage, passage))
                passage = passages[passage];
            string? answer = null;
            if (item.Answers.Count > 0)
            {
                answer = Spans.FirstThatStands(item.Answers, passage);
                if (answer is null && settings?.NearestSpan is { } least)
                    answer = Spans.Nearest(item.Answers, passage, least);
                if (answer is null && ShareOf(item) < (settings?.OtherAnswers ?? 0))
                    answer = item.Answers[0].ReplaceLineEndings(" ").Trim();
                if (string.IsNullOrEmpty(answer))
                {
                    left[item.Source] = left.GetValueOrDefault(item.Source) + 1;
                    continue;
                }
            }
            kept.Add(new Asked(item.Source, TaskSource.Family(item.Source), passage, question, answer, Generic: false));
        }
        return new QuestionSet(MarkGeneric(kept), left);
    }

    private static Asked[] MarkGeneric(List<Asked> items)
    {
        var generic = items
            .GroupBy(item => (item.Family, item.Question))
            .Where(group =>
                group.Select(item => item.Passage).Distinct(StringComparer.Ordinal).Skip(GenericPassages).Any()
            )
            .Select(group => group.Key)
            .ToHashSet();
        return [.. items.Select(item => item with { Generic = generic.Contains((item.Family, item.Question)) })];
    }

    /// <summary>0 to 1, the same for the same question and passage.</summary>
    private static double ShareOf(QuestionItem item) =>
        new Draw(TextHash.Of(item.Question + "\n" + item.Context)).NextDouble();
}
