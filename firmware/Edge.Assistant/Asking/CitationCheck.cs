using Edge.Assistant.Text;
using Edge.Assistant.Writing;
using Edge.Notes;

namespace Edge.Assistant.Asking;

/// <param name="Standing">Byte-exact against the files as they are now.</param>
/// <param name="Lost">Paths of notes that no longer say what was quoted from them.</param>
/// <param name="Hidden">What the notes that still stand hide from their readers.</param>
internal sealed record CheckedCitations(
    IReadOnlyList<Citation> Standing,
    IReadOnlyList<string> Lost,
    IReadOnlyList<HiddenText> Hidden
);

/// <summary>
/// The last look before an answer is given: each citation is held against its file again, because a note may be edited
/// or removed while the answer is made. A quote that moved is cited where it stands now; one that is gone is left out,
/// and with it what the answer said from it alone.
/// </summary>
internal sealed class CitationCheck(Vault vault)
{
    /// <summary>Places named for one answer.</summary>
    private const int HiddenMax = 60;

    public CheckedCitations Check(IReadOnlyList<Citation> citations)
    {
        var standing = new List<Citation>();
        var lost = new List<string>();
        var hidden = new List<HiddenText>();
        foreach (var note in citations.GroupBy(citation => citation.Note, StringComparer.Ordinal))
        {
            var lines = Open(note.Key);
            var held = note.Select(citation => Now(citation, lines)).ToList();
            standing.AddRange(held.OfType<Citation>());
            if (held.Contains(null))
                lost.Add(note.Key);
            if (held.Exists(citation => citation is not null))
                hidden.AddRange(HiddenScanner.Find(note.Key, lines));
        }
        // As they were given: the best first, whatever note it is from.
        var order = standing.OrderBy(now => IndexOf(citations, now)).ToList();
        return new CheckedCitations(order, lost, [.. hidden.Take(HiddenMax)]);
    }

    /// <summary>The answer as it may be given now.</summary>
    public Answer Settle(Answer answer)
    {
        var found = Check(answer.Citations);
        var settled = answer with { Citations = found.Standing, Hidden = found.Hidden };
        if (found.Lost.Count == 0)
            return settled;
        var changed = $"{string.Join(", ", found.Lost)} changed or went away while the answer was made";
        if (answer.Refused)
            return settled with { Text = Refusal(found.Standing) };
        var kept = Grounding.Keep(answer.Text, string.Join('\n', found.Standing.Select(citation => citation.Quote)));
        return kept is null
            ? settled with
            {
                Text = $"The notes do not say any more: {changed}.",
                Refused = true,
                Confidence = 0,
                WrittenBy = NoteAssistant.Quoted,
            }
            : settled with
            {
                Text = $"{kept}\n({changed}; what it said is left out.)",
            };
    }

    /// <summary>With the notes that come nearest, if there are any.</summary>
    public static string Refusal(IReadOnlyList<Citation> citations)
    {
        var nearest = citations.Select(citation => citation.Note).Distinct(StringComparer.Ordinal).ToList();
        return nearest.Count == 0
            ? "The notes do not say."
            : $"The notes do not say. Nearest: {string.Join(", ", nearest)}.";
    }

    /// <summary>Empty when the note is gone or cannot be read.</summary>
    private List<string> Open(string note)
    {
        try
        {
            return TextLines.Of(vault.ReadBytes(note));
        }
        catch (NoteException)
        {
            return [];
        }
    }

    /// <summary>The citation with the lines where its quote stands now, the nearest to where it stood; null when it does
    /// not.</summary>
    private static Citation? Now(Citation citation, List<string> lines)
    {
        var quote = citation.Quote.Split('\n');
        var before = citation.FirstLine - 1;
        if (Stands(quote, lines, before))
            return citation;
        if (string.IsNullOrWhiteSpace(citation.Quote))
            return null;
        var best = -1;
        for (var at = 0; at + quote.Length <= lines.Count; at++)
        {
            var isNearer = best < 0 || Math.Abs(at - before) < Math.Abs(best - before);
            if (isNearer && Stands(quote, lines, at))
                best = at;
        }
        return best < 0 ? null : citation with { FirstLine = best + 1, LastLine = best + quote.Length };
    }

    private static bool Stands(string[] quote, List<string> lines, int at)
    {
        if (at < 0 || at + quote.Length > lines.Count)
            return false;
        for (var i = 0; i < quote.Length; i++)
        {
            if (lines[at + i] != quote[i])
                return false;
        }
        return true;
    }

    private static int IndexOf(IReadOnlyList<Citation> citations, Citation now)
    {
        for (var i = 0; i < citations.Count; i++)
        {
            if (citations[i].Note == now.Note && citations[i].Quote == now.Quote)
                return i;
        }
        return citations.Count;
    }
}
