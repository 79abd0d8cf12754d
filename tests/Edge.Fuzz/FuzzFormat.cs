using Edge.Fuzz.Formats;

namespace Edge.Fuzz;

/// <summary>The files of one good input; which is damaged is the format's choice.</summary>
internal sealed record Seed(Dictionary<string, byte[]> Files);

/// <summary>One kind of input: how to make it, how to damage it, what to do with it.</summary>
internal abstract class FuzzFormat
{
    public static IReadOnlyList<FuzzFormat> All { get; } =
    [
        new GgufFormat(),
        new Llama2cFormat(),
        new TokenizerBinFormat(),
        new SafetensorsFormat(),
        new TokenizerJsonFormat(),
        new TokenizerModelFormat(),
    ];

    public abstract string Name { get; }

    public static FuzzFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    public List<Seed> Seeds()
    {
        var work = Directory.CreateTempSubdirectory("edge-fuzz-seeds-").FullName;
        try
        {
            return [.. Make(work), .. Saved()];
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>The files of one iteration.</summary>
    public Dictionary<string, byte[]> Damage(List<Seed> seeds, Random random)
    {
        var files = new Dictionary<string, byte[]>(seeds[random.Next(seeds.Count)].Files);
        DamageFiles(files, random);
        return files;
    }

    /// <summary>Runs the readers, and what comes after them, on the files in the folder.</summary>
    public abstract void Run(string folder, Random random);

    /// <summary>Whether this exception is a refusal that the readers of this format document, beside their own.</summary>
    public virtual bool Documents(Exception exception) => false;

    /// <summary>Makes good inputs, with the help of an empty folder.</summary>
    protected abstract IEnumerable<Seed> Make(string work);

    protected abstract void DamageFiles(Dictionary<string, byte[]> files, Random random);

    /// <summary>Inputs that once found something, in seeds/FORMAT/NAME/.</summary>
    private IEnumerable<Seed> Saved()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "seeds", Name);
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(Load)
            : [];
    }

    protected static Seed Load(string folder) =>
        new(Directory.EnumerateFiles(folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes));
}
