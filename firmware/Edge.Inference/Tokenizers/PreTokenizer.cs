using System.Text;

namespace Edge.Inference.Tokenizers;

/// <summary>
/// Splits a text into the words that byte-pair merges never cross. Each family trained its merges on one way of
/// splitting, given as regular expressions; here they are walked by hand, over whole code points and in linear time.
/// </summary>
internal sealed class PreTokenizer
{
    private readonly Stage[] stages;

    private PreTokenizer(params Stage[] stages) => this.stages = stages;

    /// <summary>Splits text[start..end], adding the end of each word to <paramref name="ends"/>.</summary>
    private delegate void Stage(ReadOnlySpan<char> text, int start, int end, List<int> ends);

    private enum Kind
    {
        Letter,
        Number,
        White,
        Other,
    }

    /// <summary>The names that <see cref="Find"/> knows, for messages.</summary>
    public static string Names => "default, gpt-2, llama-bpe, llama3, llama-v3, smollm, starcoder, refact, none";

    /// <summary>By the name in tokenizer.ggml.pre; null for one that is not known.</summary>
    public static PreTokenizer? Find(string name) =>
        name switch
        {
            "gpt-2" => new(SplitGpt2),
            "llama-bpe" or "llama3" or "llama-v3" => new(SplitLlama3),
            "smollm" or "starcoder" or "refact" => new(SplitNumbers, SplitGpt2),
            "default" => new(SplitPunctuation, SplitGpt2, SplitNumberRuns, SplitThrees),
            "none" => new(), // Edge's own name: the text is one word.
            _ => null,
        };

    /// <summary>The end offsets of the words, which cover the text without gaps.</summary>
    public List<int> Split(ReadOnlySpan<char> text)
    {
        List<int> ends = [text.Length];
        foreach (var stage in stages)
        {
            var finer = new List<int>(ends.Count);
            var start = 0;
            foreach (var end in ends)
            {
                stage(text, start, end, finer);
                start = end;
            }
            ends = finer;
        }
        return ends;
    }

    /// <summary>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</summary>
    private static void SplitGpt2(ReadOnlySpan<char> text, int start, int end, List<int> ends)
    {
        for (var at = start; at < end; ends.Add(at))
        {
            var suffix = Contraction(text[at..end], anyCase: false);
            if (suffix > 0)
            {
                at += suffix;
                continue;
            }
            var word = text[at] == ' ' && at + 1 < end ? at + 1 : at;
            var kind = KindAt(text[..end], word, out _);
            at = kind == Kind.White ? EndOfSpace(text, at, end) : EndOfRun(text, word, end, kind, int.MaxValue);
        }
    }

    /// <summary>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</summary>
    private static void SplitLlama3(ReadOnlySpan<char> text, int start, int end, List<int> ends)
    {
        for (var at = start; at < end; ends.Add(at))
        {
            var suffix = Contraction(text[at..end], anyCase: true);
            if (suffix > 0)
            {
                at += suffix;
                continue;
            }
            var kind = KindAt(text[..end], at, out var width);
            if (kind == Kind.Number)
            {
                at = EndOfRun(text, at, end, Kind.Number, 3);
                continue;
            }
            var next = at + width < end ? KindAt(text[..end], at + width, out _) : Kind.White;
            if (kind == Kind.Letter || (next == Kind.Letter && text[at] is not ('\r' or '\n')))
            {
                at = EndOfRun(text, kind == Kind.Letter ? at : at + width, end, Kind.Letter, int.MaxValue);
                continue;
            }
            if (kind == Kind.Other || (text[at] == ' ' && next == Kind.Other))
            {
                at = EndOfRun(text, kind == Kind.Other ? at : at + 1, end, Kind.Other, int.MaxValue);
                while (at < end && text[at] is '\r' or '\n')
                    at++;
                continue;
            }
            var space = EndOfRun(text, at, end, Kind.White, int.MaxValue);
            var lastBreak = text[at..space].LastIndexOfAny('\r', '\n');
            at = lastBreak >= 0 ? at + lastBreak + 1 : EndOfSpace(text, at, end);
        }
    }

    /// <summary>\p{N}: each number by itself, and what lies between.</summary>
    private static void SplitNumbers(ReadOnlySpan<char> text, int start, int end, List<int> ends)
    {
        for (var at = start; at < end; ends.Add(at))
        {
            at =
                KindAt(text[..end], at, out var width) == Kind.Number
                    ? at + width
                    : EndOfStretch(text, at, end, rune => Classify(rune) != Kind.Number);
        }
    }

    /// <summary>\p{N}+: runs of numbers, and what lies between.</summary>
    private static void SplitNumberRuns(ReadOnlySpan<char> text, int start, int end, List<int> ends)
    {
        for (var at = start; at < end; ends.Add(at))
        {
            var number = KindAt(text[..end], at, out _) == Kind.Number;
            at = EndOfStretch(text, at, end, rune => Classify(rune) == Kind.Number == number);
        }
    }

    /// <summary>[\p{P}\$\+&lt;=&gt;\^~\|]+: runs of punctuation, and what lies between.</summary>
    private static void SplitPunctuation(ReadOnlySpan<char> text, int start, int end, List<int> ends)
    {
        for (var at = start; at < end; ends.Add(at))
        {
            Rune.DecodeFromUtf16(text[at..end], out var first, out _);
            var punctuation = IsPunctuation(first);
            at = EndOfStretch(text, at, end, rune => IsPunctuation(rune) == punctuation);
        }
    }

    /// <summary>[0-9][0-9][0-9]: three ASCII digits at a time, and what lies between.</summary>
    private static void SplitThrees(ReadOnlySpan<char> text, int start, int end, List<int> ends)
    {
        var from = start;
        for (var at = start; at < end; )
        {
            if (end - at < 3 || text.Slice(at, 3).ContainsAnyExceptInRange('0', '9'))
            {
                at++;
                continue;
            }
            if (at > from)
                ends.Add(at);
            at += 3;
            from = at;
            ends.Add(at);
        }
        if (from < end)
            ends.Add(end);
    }

    /// <summary>Length of 's, 't, 'm, 'd, 're, 've or 'll at the start, else 0.</summary>
    private static int Contraction(ReadOnlySpan<char> text, bool anyCase)
    {
        if (text.Length < 2 || text[0] != '\'')
            return 0;
        var first = anyCase && char.IsAsciiLetter(text[1]) ? (char)(text[1] | 0x20) : text[1];
        if (first is 's' or 't' or 'm' or 'd')
            return 2;
        if (text.Length < 3)
            return 0;
        var second = anyCase && char.IsAsciiLetter(text[2]) ? (char)(text[2] | 0x20) : text[2];
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>\s+(?!\S)|\s+: a run of white space, without its last character when a word follows and it has another.</summary>
    private static int EndOfSpace(ReadOnlySpan<char> text, int at, int end)
    {
        var space = EndOfRun(text, at, end, Kind.White, int.MaxValue);
        return space < end && space - at > 1 ? space - 1 : space; // White space is never a surrogate pair.
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int at, int end, Kind kind, int runesMax)
    {
        for (var runes = 0; at < end && runes < runesMax; runes++)
        {
            if (KindAt(text[..end], at, out var width) != kind)
                break;
            at += width;
        }
        return at;
    }

    private static int EndOfStretch(ReadOnlySpan<char> text, int at, int end, Func<Rune, bool> belongs)
    {
        while (at < end)
        {
            Rune.DecodeFromUtf16(text[at..end], out var rune, out var width);
            if (!belongs(rune))
                break;
            at += width;
        }
        return at;
    }

    /// <param name="width">UTF-16 units. Half a surrogate pair counts as U+FFFD.</param>
    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int width)
    {
        Rune.DecodeFromUtf16(text[at..], out var rune, out width);
        return Classify(rune);
    }

    private static Kind Classify(Rune rune) =>
        Rune.IsLetter(rune) ? Kind.Letter
        : Rune.IsNumber(rune) ? Kind.Number
        : Rune.IsWhiteSpace(rune) ? Kind.White
        : Kind.Other;

    private static bool IsPunctuation(Rune rune) =>
        Rune.IsPunctuation(rune) || rune.Value is '$' or '+' or '<' or '=' or '>' or '^' or '~' or '|';
}
