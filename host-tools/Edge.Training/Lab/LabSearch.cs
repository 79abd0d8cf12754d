using System.Globalization;
using System.Text.Json;
using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Training.Lab;

public sealed record LabOptions
{
    public required string Folder { get; init; }

    /// <summary>Instead of the plan's.</summary>
    public double? BudgetSeconds { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Where the plan's files are looked for; null is the working folder.</summary>
    public string? PlanFolder { get; init; }
}

/// <summary>What a search found.</summary>
/// <param name="Finished">False when it was cancelled: the same call goes on.</param>
/// <param name="Figure">"int8" or "fp32": what the figures are.</param>
/// <param name="Noise">What lies between runs that differ in the seed alone.</param>
/// <param name="Kept">Changes that made the best recipe of the one given.</param>
public sealed record LabResult(
    bool Finished,
    string BestRecipe,
    string Ledger,
    string Figure,
    double? Baseline,
    double? Best,
    double? Noise,
    IReadOnlyList<string> Kept,
    int Experiments,
    int Crashes
);

/// <summary>
/// Goes through the settings of a plan one after the other: a value is kept when it makes the best recipe so far better by
/// more than the noise. The search itself remembers nothing: it is run over the ledger from its beginning each time, and
/// what stands there is not measured again. So it goes on wherever it was stopped.
/// </summary>
public sealed class LabSearch
{
    /// <summary>An experiment that took the whole process down so often is a crash.</summary>
    private const int BeginningsMax = 3;

    /// <summary>Fewer are said to be few.</summary>
    private const int StepsMin = 50;

    private static readonly Dictionary<string, JsonElement> NoValues = [];

    private readonly Recipe _recipe;
    private readonly LabPlan _plan;
    private readonly LabOptions _options;
    private readonly LabRun _run;
    private readonly LabLedger _ledger;
    private readonly ITrainingWatcher _watcher;
    private readonly TimeProvider _clock;
    private readonly LabPlace _place;
    private readonly string _data;
    private readonly List<LabLine> _met = [];

    private (Recipe Recipe, LabLine Line)? _best;
    private LabLine? _baseline;
    private double? _noise;

    /// <exception cref="TrainingException">The plan does not fit the recipe, or the ledger is of other text.</exception>
    /// <exception cref="TrainingDataException">A file of the recipe is missing.</exception>
    public LabSearch(
        Recipe recipe,
        LabPlan plan,
        DataFiles files,
        LabOptions options,
        ITrainingWatcher watcher,
        TimeProvider clock
    )
    {
        (_recipe, _plan, _options, _watcher, _clock) = (recipe, plan, options, watcher, clock);
        var last = plan.Stage is null ? recipe.Stages.Count - 1 : IndexOf(recipe, plan.Stage);
        var from = plan.From is null ? null : Path.GetFullPath(Path.Combine(options.PlanFolder ?? ".", plan.From));
        if (from is not null && !File.Exists(from))
            throw new TrainingException($"{from}: there is no such file; the plan's \"from\" names it");
        var budget = options.BudgetSeconds ?? plan.BudgetSeconds ?? 300;
        _place = new LabPlace(files, options.Folder, budget, options.Threads, from, from is null ? 0 : last, last + 1);
        _run = new LabRun(_place, watcher, clock);
        // Every path must lead somewhere before hours are spent.
        foreach (var change in plan.Settings.SelectMany(setting => setting.Changes()))
            CheckPaths(change);
        _data = LabData.Hash(recipe, files, from);
        _ledger = new LabLedger(options.Folder, watcher.Said);
        if (_ledger.Lines.FirstOrDefault(line => line.DataSha256 != _data) is not null)
            throw new TrainingException(
                $"{options.Folder}: the ledger was begun with other text or another model to begin with: its figures cannot be compared with new ones. Put the files back, or give another --folder."
            );
    }

    /// <exception cref="TrainingException">The recipe itself does not run.</exception>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public LabResult Run(CancellationToken cancellation)
    {
        var finished = MeasureNoise(cancellation) && TryAll(cancellation);
        WritePages();
        var ran = _met.Where(line => line.Verdict != "crash").ToArray();
        return new LabResult(
            finished,
            BestPath,
            Path.Combine(_options.Folder, LabLedger.Name),
            Rounded ? "int8" : "fp32",
            _baseline is null ? null : Figure(_baseline),
            _best is { } best ? Figure(best.Line) : null,
            _noise,
            _best is { } kept ? KeptBy(kept.Line) : [],
            _met.Count,
            _met.Count - ran.Length
        );
    }

    private string BestPath => Path.Combine(_options.Folder, "best.json");

    private bool Rounded => _plan.Figure != "fp32";

    private bool MeasureNoise(CancellationToken cancellation)
    {
        var seed = _recipe.Seed ?? 1;
        var figures = new List<double>();
        for (var repeat = 0; repeat <= (_plan.Repeats ?? 2); repeat++)
        {
            var recipe = _recipe with { Seed = seed + (ulong)repeat };
            var line = Measure(
                recipe,
                "the recipe as it is",
                NoValues,
                [],
                _ => repeat == 0 ? "baseline" : "noise",
                cancellation
            );
            if (line is null)
                return false;
            if (line.Verdict == "crash")
                throw new TrainingException(
                    $"the recipe as it is does not run: {line.Reason} Put it right, then take its line out of {_options.Folder}/{LabLedger.Name}."
                );
            figures.Add(Figure(line));
            if (repeat > 0)
                continue;
            _baseline = line;
            _best = (recipe, line);
            WriteBest();
        }
        _noise = figures.Max() - figures.Min();
        Say($"noise {_noise:0.0000}: what lies between {figures.Count} runs that differ in the seed alone");
        return true;
    }

    private bool TryAll(CancellationToken cancellation)
    {
        var least = Math.Max(_noise!.Value, _plan.LeastGain ?? 0);
        for (var round = 0; round < (_plan.Rounds ?? 1); round++)
        {
            var before = _best!.Value.Line.Key;
            foreach (var change in _plan.Settings.SelectMany(setting => setting.Changes()))
            {
                if (!Try(change, least, cancellation))
                    return false;
            }
            if (_best.Value.Line.Key == before)
                break;
        }
        return true;
    }

    /// <returns>False when it was cancelled.</returns>
    private bool Try(LabChange change, double least, CancellationToken cancellation)
    {
        var (best, standing) = _best!.Value;
        Recipe recipe;
        try
        {
            recipe = RecipeSettings.With(best, change);
        }
        catch (RecipeException refused)
        {
            // A value that makes no sense with what was kept before is an experiment that failed, not the end.
            return Refuse(change, standing, refused.Message);
        }
        if (recipe.ToJson() == best.ToJson())
            return true;
        var goal = Figure(standing) - least;
        var line = Measure(
            recipe,
            change.ToString(),
            change.Values,
            KeptBy(standing),
            figures => (Rounded ? figures.Int8BitsPerByte : figures.BitsPerByte) < goal ? "keep" : "discard",
            cancellation
        );
        if (line is null)
            return false;
        if (line.Verdict == "crash" || !(Figure(line) < goal))
            return true;
        _best = (recipe, line with { Verdict = "keep", Setting = change.ToString(), Kept = KeptBy(standing) });
        WriteBest();
        return true;
    }

    private bool Refuse(LabChange change, LabLine standing, string reason)
    {
        var key = TextHash.Sha256($"{standing.Key} {change}");
        if (_ledger.Find(key) is null)
            Record(Line(key, change.ToString(), change.Values, KeptBy(standing), _recipe.Seed ?? 1, "crash", reason));
        Meet(_ledger.Find(key)!);
        return true;
    }

    /// <summary>From the ledger, or by running it.</summary>
    /// <returns>Null when it was cancelled.</returns>
    private LabLine? Measure(
        Recipe recipe,
        string setting,
        IReadOnlyDictionary<string, JsonElement> values,
        IReadOnlyList<string> kept,
        Func<LabFigures, string> verdict,
        CancellationToken cancellation
    )
    {
        var key = KeyOf(recipe);
        if (_ledger.Find(key) is { } known)
            return Meet(known);
        if (cancellation.IsCancellationRequested)
            return null;
        var seed = recipe.Seed ?? 1;
        if (LabAttempts.Begin(_options.Folder, key) > BeginningsMax)
        {
            LabAttempts.End(_options.Folder);
            var reason =
                $"begun {BeginningsMax} times, and each time the whole process ended: too much memory, perhaps";
            return Meet(Record(Line(key, setting, values, kept, seed, "crash", reason)));
        }
        Say($"{_ledger.Lines.Count + 1}: {setting}, seed {seed}, {_place.BudgetSeconds:0.#} s");
        LabLine line;
        try
        {
            if (_run.Run(recipe, cancellation) is not { } figures)
            {
                LabAttempts.End(_options.Folder);
                return null;
            }
            line = Line(key, setting, values, kept, seed, verdict(figures), null) with
            {
                BitsPerByte = figures.BitsPerByte,
                Int8BitsPerByte = figures.Int8BitsPerByte,
                Steps = figures.Steps,
                Tokens = figures.Tokens,
                Seconds = figures.Seconds,
                WallSeconds = figures.WallSeconds,
                Parameters = figures.Parameters,
                MemoryBytes = figures.MemoryBytes,
            };
        }
#pragma warning disable CA1031 // Whatever an experiment dies of goes into the ledger; a full disk and Ctrl-C end the search.
        catch (Exception crash) when (crash is not (OperationCanceledException or IOException))
#pragma warning restore CA1031
        {
            line = Line(key, setting, values, kept, seed, "crash", crash.Message.ReplaceLineEndings(" "));
        }
        Record(line);
        LabAttempts.End(_options.Folder);
        return Meet(line);
    }

    private LabLine Line(
        string key,
        string setting,
        IReadOnlyDictionary<string, JsonElement> values,
        IReadOnlyList<string> kept,
        ulong seed,
        string verdict,
        string? reason
    ) =>
        new()
        {
            Key = key,
            Date = _clock.GetUtcNow(),
            Setting = setting,
            Values = values,
            Kept = kept,
            Seed = seed,
            BudgetSeconds = _place.BudgetSeconds,
            Verdict = verdict,
            Reason = reason,
            DataSha256 = _data,
        };

    private LabLine Record(LabLine line)
    {
        _ledger.Add(line);
        var figure =
            line.Verdict == "crash" ? line.Reason : Text($"{Figure(line):0.0000} bits per byte, {line.Steps:N0} steps");
        Say($"   {line.Verdict}: {figure}");
        if (line.Steps < StepsMin)
            Say($"   {line.Steps:N0} steps say little: give a larger --budget, or a smaller batchTokens");
        WritePages();
        return line;
    }

    private LabLine Meet(LabLine line)
    {
        _met.Add(line);
        return line;
    }

    private void WriteBest() => Replace(BestPath, _best!.Value.Recipe.ToJson());

    private void WritePages() =>
        Replace(_ledger.TablePath, LedgerTable.Write(_recipe.Name, _ledger.Lines, _noise, Rounded, _best?.Line));

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private double Figure(LabLine line) => (Rounded ? line.Int8BitsPerByte : line.BitsPerByte)!.Value;

    private static IReadOnlyList<string> KeptBy(LabLine line) =>
        line.Verdict == "keep" ? [.. line.Kept, line.Setting] : [];

    /// <summary>Everything that decides the figures, except the text, which is one for the whole ledger.</summary>
    private string KeyOf(Recipe recipe)
    {
        var named = (recipe with { Name = "experiment", Description = null }).ToJson();
        return TextHash.Sha256(Text($"{named}\n{_place.BudgetSeconds}\n{_place.FromStage} {_place.Stages}"));
    }

    private void CheckPaths(LabChange change)
    {
        try
        {
            _ = RecipeSettings.With(_recipe, change);
        }
        catch (RecipeException refused)
            when (refused.Message.Contains("is not a field", StringComparison.Ordinal)
                || refused.Message.Contains("no such setting", StringComparison.Ordinal)
            )
        {
            throw new TrainingException($"the plan: {refused.Message}", refused);
        }
        catch (RecipeException)
        {
            // A value out of range may be what the plan wants to know about; it becomes a line of the ledger.
        }
    }

    private static int IndexOf(Recipe recipe, string stage)
    {
        var index = recipe.Stages.ToList().FindIndex(one => one.Name == stage);
        return index >= 0
            ? index
            : throw new TrainingException(
                $"the plan judges by stage {stage}; the recipe has {string.Join(", ", recipe.Stages.Select(one => one.Name))}"
            );
    }

    private void Say(FormattableString line) => _watcher.Said(Text(line));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
