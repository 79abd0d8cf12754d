namespace Edge.Training.Data;

/// <summary>Lines as examples of their own, each whole in one row: begin token, text, end; all of it judged. A line that
/// is longer than a row loses its end.</summary>
internal sealed class LineTasks : TaskSource
{
    private readonly DocumentSlice[] lines;
    private readonly int length;
    private readonly int begin;
    private readonly int end;
    private readonly TaskCounts counts = new();

    public LineTasks(DocumentSlice[] lines, string name, int length, int begin, int end, ulong seed)
        : base([.. lines.Select(_ => name)], times: null, seed)
    {
        (this.lines, this.length, this.begin, this.end) = (lines, length, begin, end);
        Counts.Add(name, counts);
    }

    protected override Example? Make(int item, Draw draw, CachedEncoder encoder)
    {
        var line = lines[item];
        var kept = Math.Min(line.Length, length - 1);
        var ids = new int[kept + 2];
        ids[0] = begin;
        line.Store.Copy(line.From, ids.AsSpan(1, kept));
        ids[^1] = end;
        counts.CountMade(kept + 1, kept < line.Length, refusal: false);
        return new Example(ids, 1, "");
    }
}
