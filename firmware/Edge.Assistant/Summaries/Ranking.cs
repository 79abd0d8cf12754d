using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Summaries;

/// <summary>
/// How much each sentence says of its text: by where it stands, how telling its words are and how much of the rest they
/// share. The same sentences are ranked the same.
/// </summary>
internal sealed class Ranking
{
    private const int TelledTermsMax = 60;

    private readonly IReadOnlyList<Unit> units;
    private readonly List<HashSet<string>> stems;

    /// <param name="units">At least one, in the order of the text.</param>
    /// <param name="title">Its words count double.</param>
    /// <param name="index">Says how rare a word is; null: all are as rare.</param>
    public Ranking(IReadOnlyList<Unit> units, string title, NoteIndex? index)
    {
        this.units = units;
        stems = [.. units.Select(unit => Words.Stems(unit.Text).ToHashSet(StringComparer.Ordinal))];
        Scores = Score(Weights(title, index));
    }

    /// <summary>(units): higher is better.</summary>
    public IReadOnlyList<double> Scores { get; }

    /// <summary>Indices, best first; a sentence that says much the same as a chosen one is passed over.</summary>
    public List<int> Best(int count)
    {
        var chosen = new List<int>();
        var order = Enumerable.Range(0, units.Count).OrderByDescending(i => Scores[i]).ThenBy(i => i);
        foreach (var i in order)
        {
            if (chosen.Count == count)
                break;
            if (!chosen.Exists(other => Overlap(stems[i], stems[other]) > 0.6))
                chosen.Add(i);
        }
        return chosen;
    }

    /// <summary>Stem to weight: how often the text uses it, times how rare it is in the vault.</summary>
    private Dictionary<string, double> Weights(string title, NoteIndex? index)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var stem in stems.SelectMany(set => set))
            counts[stem] = counts.GetValueOrDefault(stem) + 1;
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in units.SelectMany(unit => Words.Of(unit.Text)))
        {
            if (word.Length > 2 && !Words.IsStopWord(word))
                written.TryAdd(Words.Stem(word), word);
        }
        var telling = written
            .OrderByDescending(entry => counts.GetValueOrDefault(entry.Key))
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(TelledTermsMax)
            .ToList();
        var all = index?.PassageCount ?? 0;
        var passages = index is null ? [] : Passages(telling.Select(entry => entry.Value), index);
        var inTitle = Words.Stems(title).ToHashSet(StringComparer.Ordinal);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (stem, word) in telling)
        {
            var rare = Math.Log((all + 2.0) / (passages.GetValueOrDefault(word) + 1.0)) + 0.1;
            var often = 1 + Math.Log(counts.GetValueOrDefault(stem, 1));
            weights[stem] = rare * often * (inTitle.Contains(stem) ? 2 : 1);
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

    /// <summary>0.35 place, 0.4 words, 0.25 share of the text's weight that it holds.</summary>
    private double[] Score(Dictionary<string, double> weights)
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

    private static double Overlap(HashSet<string> one, HashSet<string> other) =>
        one.Count == 0 || other.Count == 0 ? 0 : (double)one.Count(other.Contains) / Math.Min(one.Count, other.Count);
}
