using System.Globalization;
using System.Text;
using System.Text.Json;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Training.Cards;

public sealed record CardOptions
{
    /// <summary>The folder of a run that is done.</summary>
    public required string Run { get; init; }

    /// <summary>Gets NAME.gguf, README.md, golden.json and recipe.json.</summary>
    public required string Output { get; init; }

    /// <summary>JSON of edge eval, or several by name; null for none.</summary>
    public string? Scores { get; init; }

    /// <summary>Markdown about where the data comes from.</summary>
    public string? Attributions { get; init; }

    /// <summary>Goes into the model's metadata, <see cref="TaskPrompt.ThresholdKey"/>; null adds nothing.</summary>
    public double? RefusalThreshold { get; init; }

    /// <summary>Of the weights, in words.</summary>
    public string? Licence { get; init; }

    /// <summary>Where the recipe's files are, for a run that did not write down what it read.</summary>
    public string? Data { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>A model for the repository, out of the folder of its run: the file, a page about it, and what it must write.</summary>
public sealed class ModelCard
{
    private readonly CardOptions _options;
    private readonly StringBuilder _page = new();

    private ModelCard(CardOptions options) => _options = options;

    /// <returns>Where the model is.</returns>
    /// <exception cref="TrainingException">The run is not done, or a file of it is missing.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static string Write(CardOptions options) => new ModelCard(options).Write();

    private string Write()
    {
        var state = ReadState();
        var recipe = RecipeReader.Read("checkpoint.bin", Encoding.UTF8.GetBytes(state.Recipe));
        if (state.Stage < recipe.Stages.Count)
            throw new TrainingException(
                $"{_options.Run}: the run is not done, it stands in stage {recipe.Stages[state.Stage].Name}. Let it finish."
            );
        Directory.CreateDirectory(_options.Output);
        var model = Path.Combine(_options.Output, recipe.Name + ".gguf");
        CopyModel(Path.Combine(_options.Run, "model.gguf"), model + ".partial");
        File.Move(model + ".partial", model, overwrite: true);
        var scores = _options.Scores is { } path ? ScoreTables.Write(path) : null;
        IReadOnlyList<GoldenTokens> golden;
        using (var opened = LanguageModel.Open(model, threads: _options.Threads))
        {
            golden = GoldenTokens.Of(opened);
            Head(recipe, opened, model, state);
        }
        Prompts(recipe);
        Settings(recipe, model);
        Data(recipe);
        Curves(recipe);
        Section("Scores", scores ?? "None were given.\n");
        Golden(golden);
        Section("Licence", (_options.Licence ?? "That of this repository, see LICENSE.") + "\n");
        Put("README.md", _page.ToString().TrimEnd() + "\n");
        Put("golden.json", JsonSerializer.Serialize(golden, GoldenJson.Default.Golden) + "\n");
        Put("recipe.json", recipe.ToJson());
        return model;
    }

    private void CopyModel(string from, string to)
    {
        using var source = GgufFile.Open(from);
        var writer = new GgufWriter();
        foreach (var (key, value) in source.Metadata)
        {
            if (key != TaskPrompt.ThresholdKey || _options.RefusalThreshold is null)
                writer.Copy(key, value);
        }
        if (_options.RefusalThreshold is { } threshold)
            writer.Set(TaskPrompt.ThresholdKey, (float)threshold);
        foreach (var tensor in source.Tensors)
        {
            int[] dims = [.. tensor.Dims.Select(dim => (int)dim)];
            var type = (TensorType)tensor.Type.Number;
            writer.AddTensor(
                tensor.Name,
                type,
                dims,
                to => to.Write(source.File.Span(tensor.Offset, checked((int)tensor.Bytes)))
            );
        }
        writer.Save(to);
    }

    private CheckpointState ReadState()
    {
        var path = Checkpoint.Find(Path.Combine(_options.Run, "checkpoint.bin"));
        return path is null
            ? throw new TrainingException($"{_options.Run}: there is no run of edge train in this folder")
            : Checkpoint.ReadState(path);
    }

    private void Head(Recipe recipe, LanguageModel model, string path, CheckpointState state)
    {
        Line($"# {recipe.Name}\n");
        Line(
            $"{recipe.Description ?? "A model that edge train made."}.\n".Replace("..", ".", StringComparison.Ordinal)
        );
        Line($"This page was written by `edge train card` from the run.\n");
        Line($"| | |\n| --- | --- |");
        Line($"| file | {Path.GetFileName(path)}, {model.File.WeightType}, {new FileInfo(path).Length:N0} bytes |");
        Line($"| SHA-256 | {TextHash.Sha256OfFile(path)} |");
        Line($"| parameters | {state.Parameters:N0} |");
        var config = model.File.Config;
        Line(
            $"| shape | {config.Layers} layers, width {config.Dim}, hidden {config.HiddenDim}, {config.Heads} heads ({config.KvHeads} for keys) of {config.HeadDim} |"
        );
        Line($"| vocabulary | {config.VocabSize:N0} tokens, byte-level BPE |");
        Line($"| context | {config.ContextLength:N0} tokens |");
        Line($"| trained on | {state.Tokens:N0} positions in {state.Seconds / 3600:0.0} hours |\n");
    }

    private void Prompts(Recipe recipe)
    {
        if (recipe.Tasks is not { Count: > 0 } tasks)
        {
            Section("Prompt", "None: it continues plain text.\n");
            return;
        }
        var page = new StringBuilder(
            $"ChatML, one turn of the user; the template is in the file. Format `{TaskPrompt.Version}`, key `{TaskPrompt.MetadataKey}`; answers begin with a space.\n\n"
        );
        if (tasks.Contains("answer"))
            page.Append(Fence(TaskPrompt.Question("{passage}", "{question}")))
                .Append(CultureInfo.InvariantCulture, $"Where the passage does not say: `{TaskPrompt.Refusal}`\n\n");
        if (tasks.Contains("summarize"))
            page.Append(Fence(TaskPrompt.Headline("{note}")))
                .Append(Fence(TaskPrompt.Summary("{note}")))
                .Append(Fence(TaskPrompt.Summary("{text}", "{what it is about}")));
        Section("Prompt", page.ToString());
    }

    private void Settings(Recipe recipe, string model)
    {
        using var file = ModelFile.Open(model);
        var dial = Dial.Of(recipe, file.Config.VocabSize);
        var page = new StringBuilder("The whole recipe stands in recipe.json. What its dial derived:\n\n");
        foreach (var line in dial.Arithmetic)
            page.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        foreach (var stage in recipe.Stages)
            page.Append(
                CultureInfo.InvariantCulture,
                $"- stage {stage.Name}: {(stage.Tokens is { } tokens ? Text($"{tokens:N0} positions") : stage.Minutes is { } minutes ? Text($"{minutes} minutes") : Text($"{stage.Epochs} passes"))}, rows of {stage.Length ?? dial.Config.ContextLength}\n"
            );
        Section("Settings", page.ToString());
    }

    private void Data(Recipe recipe)
    {
        var page = new StringBuilder();
        foreach (var stage in recipe.Stages)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"Stage {stage.Name}:\n\n| file | bytes | share | SHA-256 |\n| --- | --- | --- | --- |\n"
            );
            var all = stage.Data.Sum(data => data.Weight ?? 1);
            foreach (var (data, files) in CardData.Of(stage, _options.Run, _options.Data))
            {
                foreach (var file in files)
                    page.Append(
                        CultureInfo.InvariantCulture,
                        $"| {CardData.NameOf(data, file)} | {file.Bytes:N0} | {(data.Weight ?? 1) / all:P1} | {file.Sha256} |\n"
                    );
            }
            page.Append('\n');
        }
        if (_options.Attributions is { } path)
            page.Append(Below(File.ReadAllText(path)));
        Section("Data", page.ToString());
    }

    private void Curves(Recipe recipe)
    {
        var metrics = RunMetrics.Read(_options.Run);
        var page = new StringBuilder(
            "| stage | loss, nats a token | bits per byte | as int8 |\n| --- | --- | --- | --- |\n"
        );
        foreach (var stage in recipe.Stages)
        {
            var judged = metrics.Judged(stage.Name);
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {stage.Name} | {metrics.Loss(stage.Name):0.000} | {judged?.BitsPerByte:0.0000} | {judged?.Int8BitsPerByte:0.0000} |\n"
            );
        }
        foreach (var stage in recipe.Stages)
        {
            if (metrics.Judged(stage.Name)?.Sources is not { Count: > 1 } sources)
                continue;
            page.Append(
                CultureInfo.InvariantCulture,
                $"\n{stage.Name}, bits per byte of each source:\n\n| source | bits per byte |\n| --- | --- |\n"
            );
            foreach (var (source, bits) in sources)
                page.Append(CultureInfo.InvariantCulture, $"| {source} | {bits:0.0000} |\n");
        }
        Section("Curves, where they ended", page.ToString());
    }

    private void Golden(IReadOnlyList<GoldenTokens> golden)
    {
        var page = new StringBuilder(
            "The likeliest token each time, the same on every machine and with any number of threads; golden.json has the prompts.\n\n"
        );
        foreach (var one in golden)
        {
            var first = one.Prompt.Split('\n')[0];
            page.Append(
                CultureInfo.InvariantCulture,
                $"- {(first.Length > 0 ? first : "(begin of text)")} → {string.Join(' ', one.Tokens)}\n"
            );
        }
        Section("Golden tokens", page.ToString());
    }

    private void Put(string name, string text) => File.WriteAllText(Path.Combine(_options.Output, name), text);

    private void Section(string title, string text) => Line($"## {title}\n\n{text.TrimEnd()}\n");

    private void Line(FormattableString text) => Line(Text(text));

    private void Line(string text) => _page.Append(text).Append('\n');

    /// <summary>Headings one level down: they stand under one of the card's.</summary>
    private static string Below(string markdown) =>
        string.Join(
            '\n',
            markdown.ReplaceLineEndings("\n").Split('\n').Select(line => line.StartsWith('#') ? "##" + line : line)
        );

    private static string Fence(string text) => $"```\n{text}\n```\n\n";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
