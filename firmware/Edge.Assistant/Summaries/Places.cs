using Edge.Assistant.Text;
using Edge.Assistant.Writing;

namespace Edge.Assistant.Summaries;

/// <summary>
/// Finds where a sentence that a model wrote comes from: the unit that says it word for word, else the one, or the few
/// that stand together, which have every number and name of it and most of its words.
/// </summary>
/// <param name="units">In the order of the note.</param>
internal sealed class Places(IReadOnlyList<Unit> units)
{
    /// <summary>Units that a sentence may be drawn together from.</summary>
    private const int TogetherMax = 4;

    private readonly HashSet<string>[] stems =
    [
        .. units.Select(unit => Words.Stems(unit.Text).ToHashSet(StringComparer.Ordinal)),
    ];

    /// <summary>Units with their texts joined; null when no place holds the sentence.</summary>
    public Unit? Find(string sentence)
    {
        foreach (var unit in units)
        {
            if (unit.Text.Contains(sentence, StringComparison.Ordinal))
                return unit;
        }
        for (var count = 1; count <= Math.Min(TogetherMax, units.Count); count++)
        {
            if (Best(sentence, count) is { } first)
                return Joined(first, count);
        }
        return null;
    }

    /// <summary>The first of so many units that hold the sentence and share most words with it.</summary>
    private int? Best(string sentence, int count)
    {
        var words = Words.Stems(sentence).ToHashSet(StringComparer.Ordinal);
        int? best = null;
        var most = 0;
        for (var first = 0; first + count <= units.Count; first++)
        {
            var held = stems[first];
            if (count > 1)
            {
                held = new HashSet<string>(held, StringComparer.Ordinal);
                for (var i = first + 1; i < first + count; i++)
                    held.UnionWith(stems[i]);
            }
            var shared = words.Count(held.Contains);
            if (shared > most && Grounding.Stands(sentence, held))
                (best, most) = (first, shared);
        }
        return best;
    }

    private Unit Joined(int first, int count) =>
        units[first] with
        {
            Text = string.Join('\n', Enumerable.Range(first, count).Select(i => units[i].Text)),
            LastLine = units[first + count - 1].LastLine,
        };
}
