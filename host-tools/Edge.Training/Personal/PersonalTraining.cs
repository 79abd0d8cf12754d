using System.Text;
using System.Text.Json;
using Edge.Inference;
using Edge.Training.Cards;
using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Training.Personal;

public sealed record PersonalOptions
{
    /// <summary>The model to train on.</summary>
    public required string Model { get; init; }

    /// <summary>A folder of notes.</summary>
    public required string Notes { get; init; }

    /// <summary>Of the run; the same folder goes on where it stopped.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the model goes in the end; the card stands beside it.</summary>
    public required string Output { get; init; }

    /// <summary>Instead of <see cref="Passes"/>.</summary>
    public double? Minutes { get; init; }

    /// <summary>Instead of <see cref="Passes"/>.</summary>
    public long? Tokens { get; init; }

    public double Passes { get; init; } = 2;

    /// <summary>Whether a second model is trained, on a copy with planted secrets, to measure how much is learned by
    /// heart. It takes about as long again.</summary>
    public bool Canaries { get; init; } = true;

    /// <summary>Planted equally often, for each number of times.</summary>
    internal int CanariesOfEach { get; init; } = 10;

    /// <summary>The secret and random others that it is ranked among: exposure up to 8 bits can be seen.</summary>
    internal int Candidates { get; init; } = 256;

    public RunOptions Run { get; init; } = new();
}

/// <summary>
/// A model that knows its owner's notes a little. Secrets are planted for measuring, but never in the model that is kept:
/// it would carry made-up codes, and say them. So a second model is trained the same way on a copy of the notes, measured,
/// and removed.
/// </summary>
public sealed class PersonalTraining(PersonalOptions options, ITrainingWatcher watcher, TimeProvider clock)
{
    private const ulong Seed = 1;

    /// <returns>Null when it was cancelled: the same call goes on.</returns>
    /// <exception cref="TrainingException">There is nothing to learn from, or the model cannot be trained on.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public PersonalReport? Run(CancellationToken cancellation)
    {
        var notes = OwnNotes.Read(options.Notes);
        Directory.CreateDirectory(options.Folder);
        Say(notes);
        var writes = WritesHeadlines(notes);
        var heldOut = PersonalRecipe.HeldOut(notes.Documents.Count);
        var headlines = writes ? Headlines(options.Folder, notes.Headlines) : null;
        var recipe = PersonalRecipe.Of(
            options.Model,
            Path.GetFullPath(options.Notes),
            notes.Bytes,
            headlines,
            heldOut,
            stage =>
                options.Tokens is { } tokens ? stage with { Tokens = tokens }
                : options.Minutes is { } minutes ? stage with { Minutes = minutes }
                : stage with { Epochs = options.Passes }
        );
        if (Train(recipe, options.Folder, cancellation) is not { } seen)
            return null;
        IReadOnlyList<CanaryGroup>? canaries = null;
        if (options.Canaries && (canaries = Measure(notes, writes, seen, cancellation)) is null)
            return null;
        var report = new PersonalReport(
            Path.GetFileName(options.Model),
            notes.Documents.Count,
            notes.Bytes,
            writes ? notes.Headlines.Count : 0,
            notes.Private,
            notes.Unreadable,
            heldOut,
            options.Passes,
            seen,
            RunMetrics.Read(options.Folder).Judged("notes")?.Int8BitsPerByte,
            canaries
        );
        Publish(report);
        return report;
    }

    /// <returns>Tokens seen, or null when it was cancelled.</returns>
    private long? Train(Recipe recipe, string folder, CancellationToken cancellation)
    {
        var from = options.Run with { StartFrom = options.Model };
        var files = new DataFiles(null, null);
        using var sees = new RunFolder(folder, watcher);
        using var run = new TrainingRun(recipe, recipe.Tokenizer.File!, files, folder, from, sees, clock);
        return run.Run(cancellation) ? run.Tokens : null;
    }

    /// <summary>The same training on a copy with canaries, in a folder that is removed again.</summary>
    private IReadOnlyList<CanaryGroup>? Measure(
        OwnNotes notes,
        bool writes,
        long tokens,
        CancellationToken cancellation
    )
    {
        var folder = Path.Combine(options.Folder, "canary");
        Directory.CreateDirectory(folder);
        var canaries = CanarySet.Draw(options.CanariesOfEach, Seed);
        var planted = CanarySet.Plant(notes.Documents, canaries, Seed);
        var text = Path.Combine(folder, "planted.txt");
        File.WriteAllText(text, string.Join($"\n{Documents.EndLine}\n", planted));
        var bytes = planted.Sum(document => (long)Encoding.UTF8.GetByteCount(document));
        var headlines = writes ? Headlines(folder, notes.Headlines) : null;
        // As many passes over the longer text. Nothing is held out: every canary is to be read.
        var same = (long)(tokens * (double)bytes / notes.Bytes);
        var recipe = PersonalRecipe.Of(
            options.Model,
            Path.GetFullPath(text),
            bytes,
            headlines,
            0,
            stage => stage with { Tokens = Math.Max(1, same) }
        );
        watcher.Said(
            $"measuring what is learned by heart: the same training on a copy of the notes with {canaries.Count(canary => canary.Planted > 0)} planted secrets; the copy and its model are removed afterwards"
        );
        if (Train(recipe, folder, cancellation) is null)
            return null;
        var model = Path.Combine(folder, "model.gguf");
        var groups = CanaryMeasure.Run(model, canaries, options.Candidates, Seed, options.Run.Threads, cancellation);
        Directory.Delete(folder, recursive: true);
        return groups;
    }

    private void Publish(PersonalReport report)
    {
        var json = JsonSerializer.Serialize(report, PersonalJson.Default.PersonalReport) + "\n";
        File.WriteAllText(Path.Combine(options.Folder, "report.json"), json);
        var model = Path.Combine(options.Folder, "model.gguf");
        if (Path.GetFullPath(options.Output) != Path.GetFullPath(model))
        {
            var partial = options.Output + ".partial";
            File.Copy(model, partial, overwrite: true);
            File.Move(partial, options.Output, overwrite: true);
        }
        File.WriteAllText(CardPath, PersonalCard.Write(report, options.Output));
    }

    /// <summary>Beside the model.</summary>
    public string CardPath => Path.ChangeExtension(options.Output, ".card.md");

    /// <summary>Whether the model was taught headlines, in the prompts that we write, and the notes have some.</summary>
    private bool WritesHeadlines(OwnNotes notes)
    {
        using var file = ModelFile.Open(options.Model);
        var tasks = file.Metadata.GetValueOrDefault("edge.tasks") ?? "";
        return notes.Headlines.Count > 0 && tasks.Split(',').Contains("summarize");
    }

    private static string Headlines(string folder, IReadOnlyList<SummaryItem> items)
    {
        var path = Path.Combine(folder, "headlines.jsonl");
        OwnNotes.WriteHeadlines(path, items);
        return Path.GetFullPath(path);
    }

    private void Say(OwnNotes notes)
    {
        watcher.Said(
            FormattableString.Invariant(
                $"{notes.Documents.Count:N0} notes, {notes.Bytes / 1e3:N0} kB of text; {notes.Headlines.Count:N0} of them have a title of their own"
            )
        );
        foreach (var path in notes.Private)
            watcher.Said($"private, left out: {path}");
        foreach (var path in notes.Unreadable)
            watcher.Said($"front matter or text cannot be read, left out: {path}");
    }
}
