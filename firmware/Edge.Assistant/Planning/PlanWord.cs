using System.Text;
using Edge.Assistant.Text;

namespace Edge.Assistant.Planning;

/// <summary>A word of a question as the planner reads it.</summary>
/// <param name="Text">Lower case without accents, with its inner marks: "2024-01-05", "#house/roof", "week's".</param>
/// <param name="Raw">As written, without the punctuation around it.</param>
/// <param name="IsQuoted">What stood between quotation marks: one word, however long.</param>
internal readonly record struct PlanWord(string Text, string Raw, bool IsQuoted)
{
    private const string Opening = "([{<,;:!?.\"“”„«»";
    private const string Closing = ")]}>,;:!?.\"“”„«»'";

    private static readonly System.Buffers.SearchValues<char> IsoMarks = System.Buffers.SearchValues.Create(
        "0123456789-"
    );

    /// <summary>"5-12 March?" gives 5, -, 12, march.</summary>
    public static List<PlanWord> Read(string question)
    {
        var words = new List<PlanWord>();
        for (var i = 0; i < question.Length; )
        {
            if (char.IsWhiteSpace(question[i]))
            {
                i++;
                continue;
            }
            if (ClosingQuote(question, i) is var close and > 0)
            {
                Add(words, question[(i + 1)..close].Trim(), isQuoted: true);
                i = close + 1;
                continue;
            }
            var start = i;
            while (i < question.Length && !char.IsWhiteSpace(question[i]))
                i++;
            AddPlain(words, question[start..i]);
        }
        return words;
    }

    /// <summary>Index of the mark that ends a quotation which begins here, or 0.</summary>
    private static int ClosingQuote(string text, int at)
    {
        var closing = text[at] switch
        {
            '"' => "\"",
            '“' or '„' => "”“",
            '«' => "»",
            '\'' or '‘' => "'’",
            _ => "",
        };
        if (closing.Length == 0)
            return 0;
        for (var i = at + 2; i < text.Length; i++)
        {
            var ends = i + 1 == text.Length || !char.IsLetterOrDigit(text[i + 1]);
            if (closing.Contains(text[i]) && ends)
                return i;
        }
        return 0;
    }

    private static void AddPlain(List<PlanWord> words, string written)
    {
        var text = written.Replace('–', '-').Replace('—', '-').Replace('’', '\'');
        if (Interval(text) is var (end, next) && next > 0)
        {
            AddPlain(words, text[..end]);
            words.Add(new PlanWord("-", "-", false));
            AddPlain(words, text[next..]);
            return;
        }
        text = text.TrimStart(Opening.ToCharArray()).TrimEnd(Closing.ToCharArray());
        if (DayPair(text) is var dash and > 0)
        {
            Add(words, text[..dash], isQuoted: false);
            words.Add(new PlanWord("-", "-", false));
            Add(words, text[(dash + 1)..], isQuoted: false);
        }
        else
        {
            Add(words, text, isQuoted: false);
        }
    }

    private static void Add(List<PlanWord> words, string raw, bool isQuoted)
    {
        if (raw.Length > 0)
            words.Add(new PlanWord(Words.Fold(raw.Normalize(NormalizationForm.FormC)), raw, isQuoted));
    }

    /// <summary>Where the first date of "2024-01-05..2024-01-12" or "2024-01-05/2024-01-12" ends and the second begins;
    /// zeros for other texts.</summary>
    private static (int End, int Next) Interval(string text)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots > 0 && dots + 2 < text.Length && char.IsDigit(text[dots - 1]) && text[dots + 2] != '.')
            return (dots, dots + 2);
        const int DayChars = 10;
        return
            text.Length > DayChars && text[DayChars] == '/' && text.AsSpan(0, DayChars).IndexOfAnyExcept(IsoMarks) < 0
            ? (DayChars, DayChars + 1)
            : (0, 0);
    }

    /// <summary>Index of the '-' in "5-12" or "5-12th", or 0.</summary>
    private static int DayPair(string text)
    {
        var dash = text.IndexOf('-');
        if (dash is not (1 or 2) || text.Length - dash > 5 || text.Count(c => c == '-') > 1)
            return 0;
        var digits = text.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9');
        var after = digits < 0 ? text.Length - dash - 1 : digits;
        return after is 1 or 2 && text.AsSpan(0, dash).IndexOfAnyExceptInRange('0', '9') < 0 ? dash : 0;
    }
}
