using Edge.Assistant.Text;

namespace Edge.Assistant.Wiki;

/// <summary>Names and recurring words of one note: "Steering Committee", "Anna", "CRI-O", and words that it says three
/// times. Whether they make a topic is decided over all notes.</summary>
internal static class NoteTerms
{
    private const int TermsMax = 30;
    private const int NameWordsMax = 4;
    private const int WordCharsMin = 3;
    private const int WordCharsMax = 30;

    /// <summary>A lower-case word must stand this often in a note.</summary>
    private const int OccurrencesMin = 3;

    private const int RecurringCharsMin = 5;

    public static IReadOnlyList<string> Of(IReadOnlyList<Unit> units)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var lower = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var unit in units)
        {
            if (unit.Kind is UnitKind.Sentence or UnitKind.ListItem)
                Count(unit.Text, counts, lower);
        }
        foreach (var (word, count) in lower)
        {
            if (count >= OccurrencesMin && word.Length >= RecurringCharsMin)
                counts.TryAdd(word, count);
        }
        return
        [
            .. counts
                .Where(term => !lower.ContainsKey(term.Key.ToLowerInvariant()) || char.IsLower(term.Key[0]))
                .OrderByDescending(term => term.Value * (term.Key.Contains(' ') ? 3 : 1))
                .ThenBy(term => term.Key, StringComparer.Ordinal)
                .Take(TermsMax)
                .Select(term => term.Key)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Words that begin with a capital for reasons of their own, and words too common to be a topic.</summary>
    private static readonly HashSet<string> Common = new(
        (
            "january february march april june july august september october november december monday tuesday wednesday "
            + "thursday friday saturday sunday note notes yes example todo fixme tbd thanks etc http https www html "
            + "using used use uses like need needs make makes first last next other things thing time times work works "
            + "something anything everything people want wants there their would could should which these those where "
            + "section option options command commands following different available default number value values"
        ).Split(' '),
        StringComparer.Ordinal
    );

    private static void Count(string text, Dictionary<string, int> counts, Dictionary<string, int> lower)
    {
        var name = new List<string>();
        var nameStarts = false;
        var nameEnd = -1;
        var isFirst = true;
        foreach (var (start, word) in WordsIn(text))
        {
            var isName = char.IsUpper(word[0]) || word.Skip(1).Any(char.IsUpper);
            var goesOn =
                isName && nameEnd >= 0 && start == nameEnd + 1 && text[nameEnd] == ' ' && name.Count < NameWordsMax;
            if (!goesOn)
                Finish(name, nameStarts, counts);
            if (isName)
            {
                nameStarts = name.Count == 0 ? isFirst : nameStarts;
                name.Add(word);
                nameEnd = start + word.Length;
            }
            else
            {
                nameEnd = -1;
                if (IsTerm(word))
                    Add(lower, word);
            }
            isFirst = false;
        }
        Finish(name, nameStarts, counts);
    }

    /// <param name="atStart">The first word's capital may be the sentence's.</param>
    private static void Finish(List<string> name, bool atStart, Dictionary<string, int> counts)
    {
        if (name.Count > 0 && atStart && Words.IsStopWord(name[0]))
            (atStart, _) = (false, name.Remove(name[0]));
        var isKnown = name.Count > 1 || name.Count == 1 && (!atStart || name[0].Skip(1).Any(char.IsUpper));
        if (isKnown && name.TrueForAll(word => !Words.IsStopWord(word)) && name.Exists(IsTerm))
            Add(counts, string.Join(' ', name));
        name.Clear();
    }

    private static bool IsTerm(string word) =>
        word.Length is >= WordCharsMin and <= WordCharsMax
        && !Words.IsStopWord(word)
        && !Common.Contains(word.ToLowerInvariant())
        && word.All(c => char.IsLetter(c) || c is '-' or '\'' || char.IsDigit(c))
        && char.IsLetter(word[0]);

    private static void Add(Dictionary<string, int> counts, string word) =>
        counts[word] = counts.GetValueOrDefault(word) + 1;

    /// <summary>Runs of letters and digits, with '-' inside.</summary>
    private static IEnumerable<(int Start, string Word)> WordsIn(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsLetterOrDigit(text[i]))
                continue;
            var start = i;
            while (i < text.Length && (char.IsLetterOrDigit(text[i]) || IsInside(text, i)))
                i++;
            yield return (start, text[start..i]);
        }
    }

    private static bool IsInside(string text, int i) =>
        text[i] is '-' or '\'' or '_' or '.' or '/' or ':' or '@'
        && i + 1 < text.Length
        && char.IsLetterOrDigit(text[i + 1]);
}
