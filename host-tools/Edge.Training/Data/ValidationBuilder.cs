namespace Edge.Training.Data;

/// <summary>Collects the parts of a <see cref="ValidationSet"/>.</summary>
internal sealed class ValidationBuilder(
    TrainingTokenizer tokenizer,
    ExampleEncoder? examples,
    EncoderPool encoders,
    TrainingDataOptions options,
    int tokensPerSource
)
{
    /// <summary>Not the recipe's: runs with other seeds are judged by the same rows.</summary>
    private const ulong Seed = 20;

    /// <summary>Of each source, where examples are counted and not their tokens.</summary>
    private const int ExamplesMax = 128;

    private readonly List<ValidationPart> parts = [];

    public ValidationSet Build() => new(parts);

    /// <summary>Documents in the order given, until there are enough positions.</summary>
    public void AddDocuments(string source, IReadOnlyList<DocumentSlice> documents)
    {
        var length = options.Length;
        var rows = new List<(int[] Inputs, int[] Targets, int[] Starts)>();
        // The documents were chosen by their bytes already: all of each is judged.
        var rowsMax = options.JudgeSameBytes ? int.MaxValue : Math.Max(1, tokensPerSource / length);
        var at = length;
        foreach (var document in documents)
        {
            int[] ids = new int[document.Length + 1];
            ids[0] = tokenizer.Begin;
            document.Store.Copy(document.From, ids.AsSpan(1));
            var start = 0;
            for (var i = 0; i < ids.Length; i++, at++)
            {
                if (at == length)
                {
                    if (rows.Count == rowsMax)
                        break;
                    rows.Add(EmptyRow());
                    (at, start) = (0, 0);
                }
                if (i == 0)
                    start = at;
                var (inputs, targets, starts) = rows[^1];
                inputs[at] = ids[i];
                starts[at] = start;
                targets[at] = i + 1 < ids.Length ? ids[i + 1] : Batch.NoTarget;
            }
        }
        Add(source, rows);
    }

    /// <summary>Items of each source in an order of their own, until there are enough positions.</summary>
    /// <param name="make">The tasks of one source's items.</param>
    public void AddTasks<T>(IEnumerable<T> items, Func<T, string> sourceOf, Func<IReadOnlyList<T>, TaskSource> make)
    {
        foreach (
            var group in items.GroupBy(sourceOf, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            var tasks = make([.. group]);
            var made = new List<Example>();
            var positions = 0L;
            var encoder = encoders.Take();
            for (var i = 0; i < tasks.ExamplesPerEpoch && !Enough(i, positions); i++)
            {
                if (tasks.Make(i, encoder) is not { } example)
                    continue;
                made.Add(example);
                positions += example.Positions;
            }
            encoders.Return(encoder);
            var rows = new List<(int[] Inputs, int[] Targets, int[] Starts)>();
            foreach (var row in RowPacker.Pack(made, options.Length))
            {
                var empty = EmptyRow();
                RowPacker.Write(
                    row,
                    empty.Inputs,
                    empty.Targets,
                    empty.Starts,
                    new float[options.Length],
                    promptWeight: 0
                );
                rows.Add(empty);
            }
            Add(group.Key, rows);
        }
    }

    public TaskSource Questions(QuestionSet set) =>
        new QuestionTasks(set, new Recipes.RecipeData { File = "" }, examples!, options.Length, Seed, fresh: false);

    public TaskSource Summaries(IReadOnlyList<SummaryItem> items) =>
        SummaryTasks.Of(items, times: null, examples!, options.Length, Seed);

    private bool Enough(int examples, long positions) =>
        options.JudgeSameBytes ? examples == ExamplesMax : positions >= tokensPerSource;

    private (int[] Inputs, int[] Targets, int[] Starts) EmptyRow()
    {
        var inputs = new int[options.Length];
        var targets = new int[options.Length];
        inputs.AsSpan().Fill(tokenizer.End);
        targets.AsSpan().Fill(Batch.NoTarget);
        return (inputs, targets, [.. Enumerable.Range(0, options.Length)]);
    }

    private void Add(string source, List<(int[] Inputs, int[] Targets, int[] Starts)> rows)
    {
        var batches = new List<Batch>();
        var (targets, bytes) = (0L, 0L);
        for (var first = 0; first < rows.Count; first += options.ValidationRows)
        {
            var batch = new Batch(Math.Min(options.ValidationRows, rows.Count - first), options.Length);
            for (var r = 0; r < batch.Rows; r++)
            {
                rows[first + r].Inputs.CopyTo(batch.Inputs, r * options.Length);
                rows[first + r].Targets.CopyTo(batch.Targets, r * options.Length);
                rows[first + r].Starts.CopyTo(batch.Starts, r * options.Length);
            }
            batches.Add(batch);
            foreach (var target in batch.Targets.Where(target => target != Batch.NoTarget))
            {
                targets++;
                bytes += tokenizer.Tokenizer.TokenBytes(target).Length;
            }
        }
        if (targets > 0)
            parts.Add(new ValidationPart(source, batches, targets, bytes));
    }
}
