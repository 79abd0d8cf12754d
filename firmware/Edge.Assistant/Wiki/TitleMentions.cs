using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>Which notes' titles and aliases stand in a text, compared by stems. Built once for all titles of a vault.</summary>
internal sealed class TitleMentions
{
    private const int TitleWordsMax = 8;
    private const int TitleCharsMin = 3;
    private const int MentionsMax = 200;

    /// <summary>Titles that name no subject.</summary>
    private static readonly HashSet<string> Common = new(
        "readme index notes note todo todos ideas inbox log journal draft untitled misc home about overview summary agenda contents introduction faq template templates".Split(
            ' '
        ),
        StringComparer.Ordinal
    );

    private readonly Dictionary<string, List<(string[] Stems, string Topic)>> byFirst = new(StringComparer.Ordinal);
    private readonly StemLists stems = new();

    /// <param name="titles">Name, and the topic that it names.</param>
    public TitleMentions(IEnumerable<(string Name, string Topic)> titles)
    {
        foreach (var (name, topic) in titles)
        {
            var words = stems.Of(name).ToArray();
            if (words.Length is 0 or > TitleWordsMax || !CanBeMentioned(name))
                continue;
            if (!byFirst.TryGetValue(words[0], out var same))
                byFirst[words[0]] = same = [];
            same.Add((words, topic));
        }
    }

    public static bool CanBeMentioned(string name) =>
        name.Length >= TitleCharsMin
        && name.Any(char.IsLetter)
        && !Common.Contains(name.ToLowerInvariant())
        && !Words.Of(name).All(word => Words.IsStopWord(word) || word.All(char.IsAsciiDigit));

    /// <summary>Topics in ordinal order. Fenced code is not read.</summary>
    public IReadOnlyList<string> In(Note note)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        string? fence = null;
        for (var i = note.BodyFirstLine - 1; i < note.Lines.Count && found.Count < MentionsMax; i++)
        {
            if (MarkdownLine.FenceOf(note.Lines[i]) is { } mark)
                fence =
                    fence is null ? mark
                    : mark.StartsWith(fence, StringComparison.Ordinal) ? null
                    : fence;
            else if (fence is null)
                Scan(stems.Of(note.Lines[i]), found);
        }
        return [.. found];
    }

    private void Scan(List<string> words, SortedSet<string> found)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (!byFirst.TryGetValue(words[i], out var titles))
                continue;
            foreach (var (title, topic) in titles)
            {
                if (Phrase.StandsAt(words, i, title))
                    found.Add(topic);
            }
        }
    }
}
