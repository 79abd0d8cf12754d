using System.Globalization;
using System.Text;

namespace Edge.Fuzz;

/// <summary>The folder of a child: the files of the iteration in work, and how far it is.</summary>
internal static class WorkFolder
{
    private const string StateName = "state";

    public static string InputOf(string work) => Path.Combine(work, "input");

    /// <param name="Trouble">Why the child ended itself; null while it works.</param>
    public readonly record struct State(long Iteration, int Findings, string? Trouble);

    public static void WriteState(string work, State state) =>
        File.WriteAllText(
            Path.Combine(work, StateName),
            string.Create(CultureInfo.InvariantCulture, $"{state.Iteration}\n{state.Findings}\n{state.Trouble}")
        );

    public static State ReadState(string work)
    {
        if (!File.Exists(Path.Combine(work, StateName)))
            return default;
        var lines = File.ReadAllText(Path.Combine(work, StateName)).Split('\n', 3);
        return new State(
            long.Parse(lines[0], CultureInfo.InvariantCulture),
            int.Parse(lines[1], CultureInfo.InvariantCulture),
            lines[2].Length == 0 ? null : lines[2]
        );
    }

    /// <summary>Replaces the files of the iteration.</summary>
    public static void WriteInput(string work, Dictionary<string, byte[]> files)
    {
        var folder = InputOf(work);
        if (Directory.Exists(folder))
        {
            foreach (var old in Directory.EnumerateFiles(folder))
                File.Delete(old);
        }
        else
        {
            Directory.CreateDirectory(folder);
        }
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    /// <summary>Keeps the files of the iteration with the reason and how to see it again.</summary>
    public static void Save(string work, FuzzOptions options, long iteration, string reason)
    {
        var target = Path.Combine(options.Crashes, $"{options.Format}-{options.Seed}-{iteration}");
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(InputOf(work)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        var again = $"--format {options.Format} --seed {options.Seed} --only {iteration}";
        File.WriteAllText(Path.Combine(target, "reason.txt"), $"{reason}\n\n{again}\n", Encoding.UTF8);
        Console.WriteLine($"FINDING {target}: {reason.Split('\n')[0]}");
    }
}
