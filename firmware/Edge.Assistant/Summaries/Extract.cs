using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Summaries;

/// <param name="Headline">The note's title, or its best sentence shortened; never empty.</param>
/// <param name="Text">One to three sentences of the note in their order, a space between; ";" after one without an
/// end of its own.</param>
internal sealed record ExtractedSummary(string Headline, string Text);

/// <summary>
/// A summary made of the note's own sentences: chosen by where they stand, how telling their words are in this vault and
/// how much of the rest they share; never code, tables or boilerplate. The same note gives the same summary.
/// </summary>
internal static class Extract
{
    /// <summary>Units of a note that are looked at; later ones of a very long note are not.</summary>
    private const int CandidatesMax = 300;

    private const int TelledTermsMax = 60;

    public static ExtractedSummary Of(Note note, NoteIndex index, CancellationToken cancellation)
    {
        // A summary is made of the first part of a very long note: units, not bytes, are what costs time.
        var units = NoteOutline.Read(note.Lines, note.BodyFirstLine, LinesLookedAt(note));
        cancellation.ThrowIfCancellationRequested();
        var candidates = units.Where(Candidates.IsSentence).Take(CandidatesMax).ToList();
        if (candidates.Count == 0)
            return new ExtractedSummary(Headlines.Of(note, null), WithoutSentences(units));
        var stems = candidates.ConvertAll(unit => Words.Stems(unit.Text).ToHashSet(StringComparer.Ordinal));
        var weights = Weights(candidates, stems, note, index);
        cancellation.ThrowIfCancellationRequested();
        var scores = Scores(candidates, stems, weights);
        var chosen = Choose(scores, stems, HowMany(candidates.Count));
        var best = candidates[chosen[0]];
        var text = Joined([.. chosen.Order().Select(i => candidates[i].Text)]);
        return new ExtractedSummary(Headlines.Of(note, best.Text), text);
    }

    private static string Joined(List<string> sentences)
    {
        for (var i = 0; i < sentences.Count - 1; i++)
        {
            if (char.IsLetterOrDigit(sentences[i][^1]))
                sentences[i] += ";";
        }
        return string.Join(' ', sentences);
    }

    /// <summary>Lines up to about 200,000 characters.</summary>
    private static int LinesLookedAt(Note note)
    {
        long chars = 0;
        for (var i = 0; i < note.Lines.Count; i++)
        {
            chars += note.Lines[i].Length + 1;
            if (chars > 200_000)
                return Math.Max(i, note.BodyFirstLine);
        }
        return note.Lines.Count;
    }

    private static int HowMany(int candidates) =>
        candidates switch
        {
            <= 3 => 1,
            <= 9 => 2,
            _ => 3,
        };

    /// <summary>What is said of a note that has no sentence: its items, its headings, or that there is nothing.</summary>
    private static string WithoutSentences(IReadOnlyList<Unit> units)
    {
        var items = units.Where(unit => unit.Kind is UnitKind.ListItem or UnitKind.Sentence).Take(6).ToList();
        if (items.Count > 0)
            return string.Join("; ", items.Select(unit => Headlines.Shorten(unit.Text, 100)));
        if (units.Any(unit => unit.Kind == UnitKind.Code))
            return "The note holds code and no sentences.";
        if (units.Any(unit => unit.Kind == UnitKind.TableRow))
            return "The note holds a table and no sentences.";
        var headings = units.Where(unit => unit.Kind == UnitKind.Heading).Take(6).Select(unit => unit.Text).ToList();
        return headings.Count > 0 ? string.Join("; ", headings) : "The note is empty.";
    }

    /// <summary>Stem to weight: how often the note uses it, times how rare it is in the vault. The title's words count
    /// double.</summary>
    private static Dictionary<string, double> Weights(
        List<Unit> candidates,
        List<HashSet<string>> stems,
        Note note,
        NoteIndex index
    )
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var stem in stems.SelectMany(set => set))
            counts[stem] = counts.GetValueOrDefault(stem) + 1;
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in candidates.SelectMany(unit => Words.Of(unit.Text)))
        {
            if (word.Length > 2 && !Words.IsStopWord(word))
                written.TryAdd(Words.Stem(word), word);
        }
        var telling = written
            .OrderByDescending(entry => counts.GetValueOrDefault(entry.Key))
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(TelledTermsMax)
            .ToList();
        var passages = Passages(telling.Select(entry => entry.Value), index);
        var title = Words.Stems(note.Title).ToHashSet(StringComparer.Ordinal);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (stem, word) in telling)
        {
            var rare = Math.Log((index.PassageCount + 2.0) / (passages.GetValueOrDefault(word) + 1.0)) + 0.1;
            var often = 1 + Math.Log(counts.GetValueOrDefault(stem, 1));
            weights[stem] = rare * often * (title.Contains(stem) ? 2 : 1);
        }
        return weights;
    }

    private static Dictionary<string, int> Passages(IEnumerable<string> words, NoteIndex index)
    {
        var passages = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var term in index.Terms(string.Join(' ', words)))
            passages[term.Word] = Math.Max(term.Passages, passages.GetValueOrDefault(term.Word));
        return passages;
    }

    /// <summary>(candidates): 0.35 place, 0.4 words, 0.25 share of the note's weight that it holds.</summary>
    private static double[] Scores(List<Unit> units, List<HashSet<string>> stems, Dictionary<string, double> weights)
    {
        var total = Math.Max(weights.Values.Sum(), 1e-9);
        var held = stems.ConvertAll(set => set.Sum(stem => weights.GetValueOrDefault(stem)));
        var dense = held.Select((weight, i) => weight / Math.Max(6, stems[i].Count)).ToArray();
        var densest = Math.Max(dense.Max(), 1e-9);
        var scores = new double[units.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var place = 1.0 / (1 + 0.25 * i) + Candidates.HeadingBonus(units[i].Heading);
            scores[i] = 0.35 * place + 0.4 * dense[i] / densest + 0.25 * Math.Min(1, 3 * held[i] / total);
            scores[i] *= Candidates.Fitness(units[i]);
        }
        return scores;
    }

    /// <summary>Best first; a sentence that says much the same as a chosen one is passed over.</summary>
    private static List<int> Choose(double[] scores, List<HashSet<string>> stems, int count)
    {
        var chosen = new List<int>();
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i);
        foreach (var i in order)
        {
            if (chosen.Count == count)
                break;
            if (!chosen.Exists(other => Overlap(stems[i], stems[other]) > 0.6))
                chosen.Add(i);
        }
        return chosen;
    }

    private static double Overlap(HashSet<string> one, HashSet<string> other) =>
        one.Count == 0 || other.Count == 0 ? 0 : (double)one.Count(other.Contains) / Math.Min(one.Count, other.Count);
}
