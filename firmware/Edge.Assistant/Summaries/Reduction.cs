using Edge.Assistant.Text;

namespace Edge.Assistant.Summaries;

/// <summary>
/// The telling sentences of a note that is read section by section: at most <see cref="StepsMax"/>, spread over the whole
/// note. When there are more, of each two neighbours the better one stays, and from then on one of as many sections.
/// </summary>
internal sealed class Reduction
{
    public const int StepsMax = 256;

    private readonly List<(Unit Unit, double Score)> steps = [];
    private (Unit Unit, double Score)? waiting;
    private int waited;

    /// <summary>Sections that one sentence stands for.</summary>
    private int group = 1;

    /// <summary>In the order of the note.</summary>
    public List<Unit> Units()
    {
        var units = steps.ConvertAll(step => step.Unit);
        if (waiting is { } last)
            units.Add(last.Unit);
        return units;
    }

    /// <param name="best">The section's sentences that tell most, best first, with their scores; may be empty.</param>
    public void Add(IReadOnlyList<(Unit Unit, double Score)> best)
    {
        if (group == 1)
        {
            steps.AddRange(best.OrderBy(step => step.Unit.FirstLine));
        }
        else
        {
            if (best.Count > 0 && !(waiting?.Score >= best[0].Score))
                waiting = best[0];
            if (++waited < group)
                return;
            if (waiting is { } chosen)
                steps.Add(chosen);
            (waiting, waited) = (null, 0);
        }
        while (steps.Count > StepsMax)
            Halve();
    }

    private void Halve()
    {
        var kept = new List<(Unit Unit, double Score)>(StepsMax);
        for (var i = 0; i < steps.Count; i += 2)
            kept.Add(i + 1 < steps.Count && steps[i + 1].Score > steps[i].Score ? steps[i + 1] : steps[i]);
        steps.Clear();
        steps.AddRange(kept);
        group *= 2;
    }
}
