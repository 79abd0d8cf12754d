using System.Globalization;
using System.Text;
using System.Text.Json;
using Edge.Training.Recipes;

namespace Edge.Training.Data;

/// <summary>Opens the data of one stage.</summary>
internal sealed class TrainingDataReader
{
    /// <summary>Changes when the same files and settings would give other rows.</summary>
    private const int OrderVersion = 1;

    private readonly DataFiles files;
    private readonly TrainingTokenizer tokenizer;
    private readonly TrainingDataOptions options;
    private readonly EncoderPool encoders;
    private readonly TokenCache cache;
    private readonly List<string> lines = [];
    private readonly List<DataEntryReport> reports = [];

    public TrainingDataReader(DataFiles files, TrainingTokenizer tokenizer, TrainingDataOptions options)
    {
        (this.files, this.tokenizer, this.options) = (files, tokenizer, options);
        encoders = new EncoderPool(tokenizer.Tokenizer);
        cache = new TokenCache(tokenizer, encoders, options.CacheFolder, options.Threads);
    }

    private sealed record Entry(RecipeData Data, string Format, IReadOnlyList<string> Paths)
    {
        /// <summary>As the recipe names it; without its folders when it lies somewhere on this computer.</summary>
        public string Name { get; } = NameOf(Data);

        public static string NameOf(RecipeData data) =>
            Path.IsPathRooted(data.File) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(data.File)) : data.File;
    }

    private float promptWeight;

    /// <summary>What is held out of prose, and of the prose that questions are made of.</summary>
    private double documentShare;

    private int documentTokensMax;

    public TrainingData Read(RecipeStage stage)
    {
        lines.Add($"order: {OrderVersion}");
        lines.Add($"stage: {stage.Kind}");
        lines.Add($"length: {options.Length}");
        promptWeight = (float)(stage.PromptWeight ?? 0);
        if (promptWeight > 0)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"prompt weight: {promptWeight}"));
        lines.Add($"seed: {options.Seed}");
        lines.Add($"tokenizer: {tokenizer.Sha256}");
        var judged = stage.Validation?.Data ?? [];
        var share = stage.Validation?.HeldOut ?? (judged.Count > 0 ? 0 : 0.01);
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"held out: {share}"));
        var tokensPerSource = stage.Validation?.TokensPerSource ?? 32_768;
        lines.Add($"held out at most: {tokensPerSource}");
        (documentShare, documentTokensMax) = (share, tokensPerSource);

        var entries = stage.Data.Select((data, i) => Find($"data[{i}]", data, stage.Kind)).ToArray();
        var judgedEntries = judged.Select((data, i) => Find($"validation[{i}]", data, stage.Kind)).ToArray();
        // Tasks to judge by need none held out beside them.
        var taskShare = judgedEntries.Any(entry => DataFormats.IsTasks(entry.Format)) ? 0 : share;
        var anyTasks = entries.Concat(judgedEntries).Any(entry => DataFormats.IsTasks(entry.Format));
        var examples = anyTasks ? new ExampleEncoder(tokenizer) : null;
        var validation = new ValidationBuilder(tokenizer, examples, encoders, options, tokensPerSource);

        var sources = new List<SharedRows>();
        var tasks = new List<(TaskSource Source, Entry Entry, int Report)>();
        for (var i = 0; i < entries.Length; i++)
        {
            var seed = new Draw(options.Seed, (ulong)i).Next();
            if (DataFormats.IsTasks(entries[i].Format))
                tasks.Add((ReadTasks(entries[i], taskShare, examples!, validation, seed), entries[i], i));
            else
                sources.Add(ReadDocuments(entries[i], validation, seed));
        }
        foreach (var entry in judgedEntries)
            Judge(entry, validation);
        if (tasks.Count > 0)
            sources.Add(Together(tasks));
        var parts = new TrainingDataParts(options.Length, new DataFingerprint(lines), validation.Build(), reports);
        return new TrainingData(sources, parts);
    }

    /// <summary>Questions and summaries share their rows.</summary>
    private SharedRows Together(List<(TaskSource Source, Entry Entry, int Report)> tasks)
    {
        var shares = tasks.Select(task => task.Entry.Data.Weight ?? 1).ToArray();
        var seed = new Draw(options.Seed, 1_000_000).Next();
        var rows = Packed([.. tasks.Select(task => task.Source)], shares, seed);
        for (var i = 0; i < tasks.Count; i++)
            reports[tasks[i].Report] = reports[tasks[i].Report] with { Tokens = rows.TokensPerEpoch[i] };
        return new SharedRows(rows, shares.Sum(), null, [.. tasks.Select(task => task.Entry.Name)]);
    }

    private TaskRows Packed(TaskSource[] sources, double[] shares, ulong seed) =>
        new(sources, shares, encoders, options.Threads, options.Length, tokenizer.End, promptWeight, seed);

    private Entry Find(string place, RecipeData data, string kind)
    {
        var paths = files.Find(data.File);
        var formats = paths.Select(path => data.Format ?? DataFormats.Tell(path)).Distinct().ToArray();
        if (formats.Length > 1)
            throw new TrainingDataException(
                $"{data.File} matches files of different formats ({string.Join(" and ", formats)}). Give each format an entry of its own."
            );
        var format = formats[0];
        var folder = paths.FirstOrDefault(Directory.Exists);
        if (folder is not null && format != DataFormats.Notes)
            throw new TrainingDataException(
                $"{data.File} is a folder; files of the format {format} are read one by one: name them, with * for all."
            );
        if (folder is null && format == DataFormats.Notes)
            throw new TrainingDataException($"{data.File} is a file; notes are read from a folder.");
        if (DataFormats.IsTasks(format) && kind != "instruct")
            throw new TrainingDataException(
                $"{data.File} holds {(format == DataFormats.Questions ? "questions" : "summaries")}, which a stage of kind {kind} does not train on. Put it into a stage of kind instruct."
            );
        if (DataFormats.IsTasks(format) && data.EpochsMax is not null)
            throw new TrainingDataException(
                $"{data.File}: epochsMax is for prose. Give questions and summaries a smaller weight instead."
            );
        lines.Add(
            $"{place}: {JsonSerializer.Serialize(data with { File = Entry.NameOf(data) }, RecipeJson.Default.RecipeData)}"
        );
        return new Entry(data, format, paths);
    }

    private DataFileReport Describe(string path)
    {
        var report = new DataFileReport(Path.GetFileName(path), new FileInfo(path).Length, TextHash.Sha256OfFile(path));
        var name = $"file {report.Name}";
        // Files of one name in different folders.
        for (var copy = 2; lines.Exists(line => line.StartsWith(name + ": ", StringComparison.Ordinal)); copy++)
            name = $"file {report.Name} ({copy})";
        lines.Add($"{name}: {report.Sha256}");
        return report;
    }

    private SharedRows ReadDocuments(Entry entry, ValidationBuilder validation, ulong seed)
    {
        var described = new List<DataFileReport>();
        var leftOut = new Dictionary<string, int>();
        var stores = OpenDocuments(entry, described, leftOut);
        var (train, held) = Split(stores);
        if (train.Length == 0)
            throw new TrainingDataException(
                $"{entry.Name}: there is no text in {(entry.Paths.Count == 1 ? "it" : "these files")}. Give it text, or take it out of the data."
            );
        validation.AddDocuments(entry.Name, held);
        var whole = entry.Format == DataFormats.Lines;
        IRowSource rows = whole
            ? Packed(
                [new LineTasks(train, entry.Name, options.Length, tokenizer.Begin, tokenizer.End, seed)],
                [1],
                seed
            )
            : new DocumentRows(train, options.Length, tokenizer.Begin, tokenizer.End, seed);
        var bytes = 0L;
        foreach (var store in stores)
        {
            foreach (var document in store.Documents)
                bytes += document.Bytes;
        }
        reports.Add(
            new DataEntryReport(
                entry.Name,
                entry.Format,
                described,
                train.Length,
                bytes,
                train.Sum(document => document.Length + 1L),
                held.Length,
                leftOut,
                new Dictionary<string, TaskCounts>()
            )
        );
        return new SharedRows(rows, entry.Data.Weight ?? 1, entry.Data.EpochsMax, entry.Name);
    }

    private (DocumentSlice[] Train, DocumentSlice[] Held) Split(TokenStore[] stores) =>
        // About three bytes a token, whatever the vocabulary.
        options.JudgeSameBytes
            ? HeldOut.Split(stores, documentShare, 3L * documentTokensMax, byBytes: true)
            : HeldOut.Split(stores, documentShare, documentTokensMax);

    private TokenStore[] OpenDocuments(Entry entry, List<DataFileReport> described, Dictionary<string, int> leftOut)
    {
        if (entry.Format != DataFormats.Notes)
        {
            return
            [
                .. entry.Paths.Select(path =>
                {
                    described.Add(Describe(path));
                    var read =
                        entry.Format == DataFormats.Lines
                            ? Documents.OfLines
                            : (Func<string, IEnumerable<string>>)Documents.OfText;
                    return cache.Open(path, described[^1].Sha256, entry.Format, read);
                }),
            ];
        }
        var folder = NotesFolder.Read(entry.Paths[0]);
        foreach (var (reason, count) in folder.LeftOut)
            leftOut[reason] = count;
        foreach (var (path, content, _) in folder.Notes)
        {
            var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
            described.Add(new DataFileReport(path, content.Length, hash));
            lines.Add($"note {path}: {hash}");
        }
        return [cache.Build(entry.Name, _ => folder.Notes.Select(note => note.Text))];
    }

    private TaskSource ReadTasks(
        Entry entry,
        double share,
        ExampleEncoder examples,
        ValidationBuilder validation,
        ulong seed
    )
    {
        var described = entry.Paths.Select(Describe).ToArray();
        TaskSource source;
        long held;
        var bytes = 0L;
        IReadOnlyDictionary<string, int> leftOut = new Dictionary<string, int>();
        if (entry.Format == DataFormats.Questions)
        {
            var all = entry.Paths.SelectMany(TaskItems.Questions).ToLookup(item => HeldOut.Holds(item.Context, share));
            var set = QuestionSet.Of(all[false], entry.Data.Questions);
            JudgeQuestions(all[true], validation);
            held = all[true].Count();
            leftOut = set.NotInPassage;
            source = new QuestionTasks(set, entry.Data, examples, options.Length, seed);
            bytes = all[false].Sum(item => (long)Encoding.UTF8.GetByteCount(item.Context) + item.Question.Length);
        }
        else if (entry.Format == DataFormats.Cloze)
        {
            (source, held, bytes) = ReadCloze(entry, described, examples, seed);
        }
        else
        {
            var all = entry.Paths.SelectMany(TaskItems.Summaries).ToLookup(item => HeldOut.Holds(item.Text, share));
            JudgeSummaries(all[true], validation);
            held = all[true].Count();
            source = SummaryTasks.Of(all[false], entry.Data.Sources, examples, options.Length, seed);
            bytes = all[false].Sum(item => (long)Encoding.UTF8.GetByteCount(item.Text) + item.Summary.Length);
        }
        if (source.ExamplesPerEpoch == 0)
            throw new TrainingDataException(
                $"{entry.Name}: no example in it can be used. Give it examples, or take it out of the data."
            );
        reports.Add(
            new DataEntryReport(
                entry.Name,
                entry.Format,
                described,
                source.ExamplesPerEpoch,
                bytes,
                0,
                held,
                leftOut,
                source.Counts
            )
        );
        return source;
    }

    /// <summary>Documents that prose of the same files would hold out are left out.</summary>
    private (ClozeTasks Source, long Held, long Bytes) ReadCloze(
        Entry entry,
        DataFileReport[] described,
        ExampleEncoder examples,
        ulong seed
    )
    {
        TokenStore[] stores =
        [
            .. described.Select(
                (file, i) => cache.Open(entry.Paths[i], file.Sha256, DataFormats.Text, Documents.OfText)
            ),
        ];
        var held = Split(stores)
            .Held.Select(slice => slice.Store.Documents[slice.Store.IndexAt(slice.From)].Hash)
            .ToHashSet();
        var documents = entry.Paths.SelectMany(Documents.OfText).ToLookup(text => held.Contains(TextHash.Of(text)));
        return (
            ClozeTasks.Of(documents[false], entry.Name, examples, options.Length, seed),
            documents[true].Count(),
            documents[false].Sum(text => (long)Encoding.UTF8.GetByteCount(text))
        );
    }

    private void Judge(Entry entry, ValidationBuilder validation)
    {
        if (DataFormats.IsTasks(entry.Format))
        {
            foreach (var path in entry.Paths)
                Describe(path);
        }
        switch (entry.Format)
        {
            case DataFormats.Questions:
                JudgeQuestions(entry.Paths.SelectMany(TaskItems.Questions), validation);
                break;
            case DataFormats.Summaries:
                JudgeSummaries(entry.Paths.SelectMany(TaskItems.Summaries), validation);
                break;
            default:
                var stores = OpenDocuments(entry, [], []);
                validation.AddDocuments(entry.Name, HeldOut.Split(stores, 0, 0).Train);
                break;
        }
    }

    private static void JudgeQuestions(IEnumerable<QuestionItem> items, ValidationBuilder validation) =>
        validation.AddTasks(
            items,
            item => $"qa {item.Source}",
            group => validation.Questions(QuestionSet.Of(group, null))
        );

    private static void JudgeSummaries(IEnumerable<SummaryItem> items, ValidationBuilder validation) =>
        validation.AddTasks(items, item => $"summaries {item.Source}", validation.Summaries);
}
