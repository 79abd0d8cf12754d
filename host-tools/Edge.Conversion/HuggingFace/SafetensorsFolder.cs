using Edge.Inference;

namespace Edge.Conversion.HuggingFace;

/// <summary>The tensors of a model in one safetensors file, or in several with an index.</summary>
internal sealed class SafetensorsFolder : IDisposable
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";

    /// <summary>Formats whose reading runs code that is in the file.</summary>
    private static readonly string[] PickleEndings = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    private readonly List<SafetensorsFile> files = [];

    private SafetensorsFolder() { }

    public Dictionary<string, Safetensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <exception cref="ModelFormatException">There are no weights that Edge reads, or damaged ones.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        var opened = new SafetensorsFolder();
        try
        {
            if (File.Exists(Path.Combine(folder, IndexName)))
                opened.AddParts(folder);
            else if (File.Exists(Path.Combine(folder, SingleName)))
                opened.AddAll(Path.Combine(folder, SingleName));
            else
                throw NoWeights(folder);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
    }

    private void AddAll(string path)
    {
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        foreach (var tensor in file.Tensors)
        {
            if (!Tensors.TryAdd(tensor.Name, tensor))
                throw file.File.Bad($"tensor {Printable.Show(tensor.Name)} is in another part of the model too.");
        }
    }

    /// <summary>The index names the file of each tensor; the files and the index must agree on all of them.</summary>
    private void AddParts(string folder)
    {
        using var index = JsonFile.Open(Path.Combine(folder, IndexName), HuggingFaceLimits.VocabularyBytesMax);
        var placed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (tensor, part) in index.Root.Require("weight_map").Members())
        {
            var name = part.Text();
            if (!IsPlainName(name))
                throw part.Bad($"must be the name of a .safetensors file in the folder, found {Printable.Show(name)}.");
            placed.Add(tensor, name);
        }
        var parts = placed.Values.Distinct(StringComparer.Ordinal).ToList();
        if (parts.Count is 0 or > HuggingFaceLimits.PartsMax)
            throw index.Bad($"must name 1 to {HuggingFaceLimits.PartsMax:N0} files, found {parts.Count:N0}.");
        foreach (var part in parts)
            AddAll(Path.Combine(folder, part));
        foreach (var (tensor, part) in placed)
        {
            if (!Tensors.TryGetValue(tensor, out var found) || found.File.File.Name != part)
                throw index.Bad($"says that tensor {Printable.Show(tensor)} is in {part}, which does not have it.");
        }
        var extra = Tensors.Keys.FirstOrDefault(tensor => !placed.ContainsKey(tensor));
        if (extra is not null)
            throw index.Bad(
                $"does not name tensor {Printable.Show(extra)}, which is in {Tensors[extra].File.File.Name}."
            );
    }

    /// <summary>A path could lead out of the folder.</summary>
    private static bool IsPlainName(string name) =>
        name.Length <= 255
        && name.EndsWith(".safetensors", StringComparison.Ordinal)
        && name[0] != '.'
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    private static ModelFormatException NoWeights(string folder)
    {
        var pickle = Directory
            .EnumerateFiles(folder)
            .Select(file => Path.GetFileName(file))
            .Where(name => PickleEndings.Contains(Path.GetExtension(name).ToLowerInvariant()))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault(name => name != "tokenizer.bin");
        var shown = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        return new ModelFormatException(
            pickle is null
                ? $"{shown}: there is neither {SingleName} nor {IndexName} in this folder."
                : $"{shown}: {Printable.Show(pickle)} is a pickle, whose reading runs code that is in it; Edge reads weights from {SingleName} only. Save the model as safetensors."
        );
    }
}
