using System.Text.Json;
using Edge.TestKit;

namespace Edge.Notes.Tests;

/// <summary>How often search alone brings up the note that answers: a floor under the figures, measured over real notes.</summary>
public sealed class RetrievalTests(ITestOutputHelper output)
{
    private sealed record Question(string Text, string Answer, string Note);

    [Theory]
    [InlineData("recipes", 19, 20)]
    [InlineData("minutes-k8s", 9, 10)]
    [InlineData("til-simonw", 9, 10)]
    [InlineData("style-guide", 8, 9)]
    public void Search_brings_up_the_note_that_answers(string name, int firstMin, int topThreeMin)
    {
        using var folder = new TempFolder();
        using var index = NoteIndex.Open(
            folder["index.db"],
            new Vault(Repo.Shared($"vaults/{name}")),
            TimeProvider.System
        );
        index.Update();
        var questions = Answerable(Repo.Shared($"vaults/{name}.questions.jsonl"));
        var (first, topThree, answerInThree) = (0, 0, 0);
        foreach (var question in questions)
        {
            var hits = index.Search(question.Text, 10);
            var notes = hits.Select(h => h.Passage.Note).Distinct().Take(3).ToList();
            first += notes.FirstOrDefault() == question.Note ? 1 : 0;
            topThree += notes.Contains(question.Note) ? 1 : 0;
            answerInThree += hits.Take(3).Any(h => Holds(h.Passage.Text, question.Answer)) ? 1 : 0;
            if (notes.FirstOrDefault() != question.Note)
                output.WriteLine($"{question.Text} -> {question.Note}, found {string.Join(", ", notes)}");
        }
        output.WriteLine(
            $"{name}: {questions.Count} questions, first {first}, top 3 {topThree}, answer in 3 passages {answerInThree}"
        );
        Assert.True(
            first >= firstMin,
            $"gold note first for {first} of {questions.Count}, expected at least {firstMin}"
        );
        Assert.True(
            topThree >= topThreeMin,
            $"gold note in the top 3 for {topThree} of {questions.Count}, expected at least {topThreeMin}"
        );
    }

    private static bool Holds(string passage, string answer) =>
        passage.ReplaceLineEndings(" ").Contains(answer, StringComparison.OrdinalIgnoreCase);

    private static List<Question> Answerable(string file)
    {
        var questions = new List<Question>();
        foreach (var line in File.ReadLines(file))
        {
            using var json = JsonDocument.Parse(line);
            var item = json.RootElement;
            if (item.GetProperty("note").GetString() is { } note)
                questions.Add(
                    new Question(
                        item.GetProperty("question").GetString()!,
                        item.GetProperty("answer").GetString()!,
                        note
                    )
                );
        }
        return questions;
    }
}
