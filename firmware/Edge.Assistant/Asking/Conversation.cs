using Edge.Assistant.Text;

namespace Edge.Assistant.Asking;

/// <summary>
/// What a conversation is about, so that "Who leads it?" after "When is the garden club's meeting?" is asked about the
/// meeting. It only adds words that were asked before; it never guesses others.
/// </summary>
public sealed class Conversation
{
    /// <summary>Words that are carried over, the newest ones: more of them would hide what is asked now.</summary>
    private const int SubjectWordsMax = 5;

    private static readonly HashSet<string> Pronouns = new(StringComparer.OrdinalIgnoreCase)
    {
        "it",
        "its",
        "he",
        "him",
        "his",
        "she",
        "her",
        "hers",
        "they",
        "them",
        "their",
        "theirs",
        "there",
        "then",
    };

    /// <summary>They point back when nothing follows that they point at: "and after that?", not "that recipe".</summary>
    private static readonly HashSet<string> Pointers = new(StringComparer.OrdinalIgnoreCase)
    {
        "this",
        "that",
        "these",
        "those",
        "one",
        "ones",
    };

    private static readonly string[] Continuations = ["and ", "what about ", "how about ", "or ", "but "];

    private List<string> subject = [];

    /// <summary>The question with the words that it leans on, in brackets; itself when it stands alone.</summary>
    public string Complete(string question)
    {
        var words = Words.Of(question).ToList();
        if (subject.Count == 0 || !Leans(question, words))
            return question;
        var said = words.Select(Words.Stem).ToHashSet(StringComparer.Ordinal);
        var missing = subject.Where(word => !said.Contains(Words.Stem(word))).ToList();
        return missing.Count == 0 ? question : $"{question.TrimEnd()} ({string.Join(' ', missing)})";
    }

    /// <summary>Remembers what was asked, whether or not it was answered.</summary>
    /// <param name="question">As it was completed: what is only pointed at stays the subject.</param>
    public void Asked(string question)
    {
        var content = Words
            .Of(question)
            .Where(word => !Words.IsStopWord(word) && !Question.Frames(word))
            .DistinctBy(Words.Stem)
            .TakeLast(SubjectWordsMax)
            .ToList();
        if (content.Count > 0)
            subject = content;
    }

    /// <summary>Forgets what it was about.</summary>
    public void Clear() => subject = [];

    private static bool Leans(string question, List<string> words)
    {
        if (words.Exists(Pronouns.Contains))
            return true;
        for (var i = 0; i < words.Count; i++)
        {
            if (Pointers.Contains(words[i]) && (i + 1 == words.Count || Words.IsStopWord(words[i + 1])))
                return true;
        }
        var begins = Array.Exists(
            Continuations,
            start => question.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase)
        );
        var content = words.Count(word => !Words.IsStopWord(word) && !Question.Frames(word));
        return content == 0 || (begins && content <= 2);
    }
}
