using Edge.Assistant.Text;
using Edge.Assistant.Writing;

namespace Edge.Training.Data;

/// <summary>
/// Questions made of prose: a sentence of a passage with a few words taken out, which are the answer. They are easier than
/// questions that people ask, and any text gives as many as are wanted: a small model learns from them to find the place in
/// a passage that a question is about and to copy from there. After the cloze translation of Lewis, Denoyer and Riedel
/// (2019), without its models.
/// </summary>
internal sealed class ClozeTasks : TaskSource
{
    /// <summary>Of a passage, before it is cut to sentences.</summary>
    private const int PassageCharsMin = 250;

    private const int PassageCharsMax = 1200;

    private const int WordsMin = 6;
    private const int WordsMax = 40;
    private const int AnswerWordsMax = 5;

    /// <summary>More questions on the same passage, at most.</summary>
    private const int FollowUpsMax = 4;

    /// <summary>Share of questions on another passage, which this one does not answer.</summary>
    private const double UnanswerableShare = 0.12;

    /// <summary>Of the questions that are loosely worded: what share of their words is left out.</summary>
    private const double DroppedShare = 0.2;

    private readonly string[] documents;
    private readonly (int Document, int Start, int Length)[] passages;
    private readonly ExampleEncoder examples;
    private readonly string name;
    private readonly int length;

    private ClozeTasks(
        string[] documents,
        (int Document, int Start, int Length)[] passages,
        string name,
        ExampleEncoder examples,
        int length,
        ulong seed
    )
        : base([.. passages.Select(_ => name)], times: null, seed)
    {
        (this.documents, this.passages, this.name) = (documents, passages, name);
        (this.examples, this.length) = (examples, length);
        Counts.Add(name, new TaskCounts());
    }

    /// <param name="name">For messages and counts.</param>
    public static ClozeTasks Of(
        IEnumerable<string> documents,
        string name,
        ExampleEncoder examples,
        int length,
        ulong seed
    )
    {
        string[] texts = [.. documents.Select(Hidden.Remove)];
        var draw = new Draw(seed, 4);
        var passages = new List<(int, int, int)>();
        for (var i = 0; i < texts.Length; i++)
        {
            for (var start = 0; start + PassageCharsMin <= texts[i].Length; )
            {
                var wanted = PassageCharsMin + draw.Below(PassageCharsMax - PassageCharsMin);
                var end = EndOfSentence(texts[i], Math.Min(texts[i].Length, start + wanted));
                passages.Add((i, start, end - start));
                start = end;
            }
        }
        return new ClozeTasks(texts, [.. passages], name, examples, length, seed);
    }

    protected override Example? Make(int item, Draw draw, CachedEncoder encoder)
    {
        var passage = PassageAt(item);
        var sentences = SentencesOf(passage);
        if (sentences.Count == 0 || Ask(sentences[draw.Below(sentences.Count)], ref draw) is not { } first)
            return Dropped();
        var ids = examples.Prompt(encoder, TaskPrompt.Turn(TaskPrompt.Question(passage, first.Question)));
        var prompt = ids.ToList();
        List<(int, int)> answers = [examples.Answer(ids, AnswerTokens.Of(first.Answer, passage, prompt, encoder))];
        if (ids.Count > length + 1)
            return Dropped();
        var refusals = 0;
        foreach (var at in draw.Permutation(sentences.Count).Take(FollowUpsMax))
        {
            var elsewhere = draw.NextDouble() < UnanswerableShare;
            var next = elsewhere ? Elsewhere(item, ref draw) : Ask(sentences[at], ref draw);
            if (next is not { } asked || (elsewhere && Spans.Stands(passage, asked.Answer)))
                continue;
            var before = ids.Count;
            examples.NextTurn(encoder, TaskPrompt.Turn(TaskPrompt.FollowUp(asked.Question)), ids);
            var place = examples.Answer(
                ids,
                AnswerTokens.Of(elsewhere ? null : asked.Answer, passage, prompt, encoder)
            );
            if (ids.Count > length + 1)
            {
                ids.RemoveRange(before, ids.Count - before);
                break;
            }
            answers.Add(place);
            refusals += elsewhere ? 1 : 0;
        }
        Counts[name].CountMade(ids.Count - 1, cut: false, refusal: refusals > 0);
        return new Example([.. ids], [.. answers], name);
    }

    private Example? Dropped()
    {
        Counts[name].CountDropped();
        return null;
    }

    private string PassageAt(int item)
    {
        var (document, start, count) = passages[item];
        return documents[document].Substring(start, count).Trim();
    }

    private (string Question, string Answer)? Elsewhere(int item, ref Draw draw)
    {
        var other = draw.Below(passages.Length);
        if (other == item)
            return null;
        var sentences = SentencesOf(PassageAt(other));
        return sentences.Count == 0 ? null : Ask(sentences[draw.Below(sentences.Count)], ref draw);
    }

    private static List<string> SentencesOf(string passage) =>
        [
            .. SentenceRank
                .Sentences(passage)
                .Select(range => passage[range])
                .Where(sentence => sentence.AsSpan().Count(' ') is >= WordsMin - 1 and < WordsMax),
        ];

    /// <summary>Takes a few words out of a sentence: none that frame it, such as "the", at their ends.</summary>
    private static (string Question, string Answer)? Ask(string sentence, ref Draw draw)
    {
        var words = WordsOf(sentence);
        for (var attempt = 0; attempt < 8 && words.Count >= WordsMin; attempt++)
        {
            var from = draw.Below(words.Count);
            var to = Math.Min(words.Count - 1, from + Math.Min(draw.Below(AnswerWordsMax), draw.Below(AnswerWordsMax)));
            if (Words.IsStopWord(Text(sentence, words[from])) || Words.IsStopWord(Text(sentence, words[to])))
                continue;
            var (start, end) = (words[from].Start, words[to].End);
            var loose = draw.NextDouble() < 0.5;
            var before = Loosen(sentence, words.Take(from), 0, start, loose, ref draw);
            var after = Loosen(sentence, words.Skip(to + 1), end, sentence.Length, loose, ref draw)
                .TrimEnd('.', '!', ' ');
            var question = $"{before}{AskedFor(sentence[start..end], from == 0, ref draw)}{after}?";
            return (question.ReplaceLineEndings(" ").Trim(), sentence[start..end]);
        }
        return null;
    }

    /// <summary>A stretch of the sentence, some of its words left out where it is to be loosely worded.</summary>
    private static string Loosen(
        string sentence,
        IEnumerable<(int Start, int End)> words,
        int from,
        int to,
        bool loose,
        ref Draw draw
    )
    {
        if (!loose)
            return sentence[from..to];
        var text = new System.Text.StringBuilder();
        var at = from;
        foreach (var (start, end) in words)
        {
            if (draw.NextDouble() >= DroppedShare)
                continue;
            text.Append(sentence, at, start - at);
            at = end < to && sentence[end] == ' ' ? end + 1 : end;
        }
        return text.Append(sentence, at, to - at).ToString();
    }

    private static string AskedFor(string answer, bool first, ref Draw draw)
    {
        if (draw.Below(3) == 0)
            return "___";
        var word =
            answer.Any(char.IsAsciiDigit) ? (draw.Below(2) == 0 ? "when" : "how many")
            : char.IsUpper(answer[0]) && !first ? (draw.Below(2) == 0 ? "who" : "what")
            : draw.Below(4) == 0 ? "which"
            : "what";
        return first ? char.ToUpperInvariant(word[0]) + word[1..] : word;
    }

    private static string Text(string sentence, (int Start, int End) word) => sentence[word.Start..word.End];

    private static List<(int Start, int End)> WordsOf(string sentence)
    {
        var words = new List<(int, int)>();
        for (var at = 0; at < sentence.Length; at++)
        {
            var start = at;
            while (at < sentence.Length && (char.IsLetterOrDigit(sentence[at]) || IsInside(sentence, at, start)))
                at++;
            if (at > start)
                words.Add((start, at));
        }
        return words;
    }

    /// <summary>The mark inside "1,000", "well-known" and "Anna's".</summary>
    private static bool IsInside(string text, int at, int start) =>
        at > start
        && at + 1 < text.Length
        && text[at] is '\'' or '’' or '-' or '.' or ','
        && char.IsLetterOrDigit(text[at - 1])
        && char.IsLetterOrDigit(text[at + 1]);

    /// <summary>Behind the first end of a sentence or line from here on.</summary>
    private static int EndOfSentence(string text, int at)
    {
        for (; at < text.Length; at++)
        {
            if (text[at - 1] == '\n' || (char.IsWhiteSpace(text[at]) && text[at - 1] is '.' or '!' or '?'))
                return at;
        }
        return text.Length;
    }
}
