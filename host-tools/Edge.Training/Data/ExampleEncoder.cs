using System.Text;
using Edge.Inference;

namespace Edge.Training.Data;

/// <summary>
/// Writes prompts with the ChatML template exactly as <see cref="ChatTemplate.Encode"/> does, through the cache of words.
/// </summary>
internal sealed class ExampleEncoder
{
    /// <summary>The template that the model's file carries.</summary>
    public static ChatTemplate Template { get; } = ChatTemplate.Detect(TurnStart);

    private const string TurnStart = "<|im_start|>";
    private const string TurnEnd = "<|im_end|>";

    private readonly (string Text, int Id)[] marks;
    private readonly int begin;

    /// <exception cref="TrainingDataException">The vocabulary lacks the template's marks.</exception>
    public ExampleEncoder(TrainingTokenizer tokenizer)
    {
        begin = tokenizer.Begin;
        marks = [.. new[] { TurnStart, TurnEnd }.Select(mark => (mark, IdOf(tokenizer, mark)))];
        EndOfTurn = marks[1].Id;
    }

    public int EndOfTurn { get; }

    /// <summary>Begin token and prompt, up to where the answer starts.</summary>
    public List<int> Prompt(CachedEncoder encoder, IReadOnlyList<ChatMessage> turn)
    {
        var ids = new List<int>(512) { begin };
        Write(encoder, "", turn, ids);
        return ids;
    }

    private void Write(CachedEncoder encoder, string before, IReadOnlyList<ChatMessage> turn, List<int> ids)
    {
        var pending = new StringBuilder(before);
        foreach (var part in Template.Parts(turn))
        {
            if (!part.ParseSpecial)
            {
                pending.Append(part.Text);
                continue;
            }
            for (var at = 0; at < part.Text.Length; )
            {
                var (next, mark) = NextMark(part.Text, at);
                pending.Append(part.Text, at, next - at);
                if (mark is not { } found)
                    break;
                Flush(encoder, pending, ids);
                ids.Add(found.Id);
                at = next + found.Text.Length;
            }
        }
        Flush(encoder, pending, ids);
    }

    /// <summary>Adds an answer and its end of turn; returns where they stand.</summary>
    public (int Start, int End) Answer(List<int> ids, List<int> answer)
    {
        var start = ids.Count;
        ids.AddRange(answer);
        ids.Add(EndOfTurn);
        return (start, ids.Count);
    }

    /// <summary>Adds another turn of the person behind an answer, up to where the next answer starts.</summary>
    public void NextTurn(CachedEncoder encoder, IReadOnlyList<ChatMessage> turn, List<int> ids) =>
        Write(encoder, "\n", turn, ids);

    private (int At, (string Text, int Id)? Mark) NextMark(string text, int from)
    {
        (int At, (string, int)? Mark) first = (text.Length, null);
        foreach (var mark in marks)
        {
            var at = text.IndexOf(mark.Text, from, StringComparison.Ordinal);
            if (at >= 0 && at < first.At)
                first = (at, mark);
        }
        return first;
    }

    private static void Flush(CachedEncoder encoder, StringBuilder pending, List<int> ids)
    {
        if (pending.Length == 0)
            return;
        encoder.Encode(pending.ToString(), ids);
        pending.Clear();
    }

    private static int IdOf(TrainingTokenizer tokenizer, string mark)
    {
        var ids = tokenizer.Tokenizer.Encode(mark, addBos: false, parseSpecial: true);
        return ids.Length == 1
            ? ids[0]
            : throw new TrainingDataException(
                $"the tokenizer has no token {mark}, which questions and summaries are written with. Train one with --special \"<|endoftext|>\" \"<|im_start|>\" \"<|im_end|>\"."
            );
    }
}
