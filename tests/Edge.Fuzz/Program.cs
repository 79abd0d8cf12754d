using System.Globalization;

namespace Edge.Fuzz;

/// <summary>
/// Feeds the readers of models and tokenizers with damaged files. Whatever is not a success or a documented refusal, takes
/// too long or too much memory, is a finding. The work is done in a child, because a bad pointer kills its process.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Contains("--help"))
        {
            Console.WriteLine(
                $"fuzz [--minutes N] [--format {string.Join('|', FuzzFormat.All.Select(f => f.Name))}|all] [--seed S] [--only ITERATION] [--crashes DIR]"
            );
            return 0;
        }
        FuzzOptions options;
        try
        {
            options = FuzzOptions.Parse(args);
        }
        catch (FormatException exception)
        {
            Console.Error.WriteLine($"fuzz: {exception.Message}");
            return 2;
        }
        if (options.Work is { } work)
            return new Worker(options, work).Run();
        return Supervisor.Run(options);
    }
}

/// <param name="Format">One format, or "all" for each in turn.</param>
/// <param name="Seed">The same seed gives the same files in the same order.</param>
/// <param name="First">The first iteration.</param>
/// <param name="Only">Run this iteration alone.</param>
/// <param name="Work">The child's folder; null for the parent.</param>
internal sealed record FuzzOptions(
    double Minutes,
    string Format,
    int Seed,
    long First,
    long? Only,
    string Crashes,
    string? Work
)
{
    public static FuzzOptions Parse(string[] args)
    {
        var options = new FuzzOptions(1, "all", 1, 0, null, "artifacts/fuzz", null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value");
            options = args[i] switch
            {
                "--minutes" => options with { Minutes = double.Parse(value, CultureInfo.InvariantCulture) },
                "--format" => options with { Format = value },
                "--seed" => options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                "--first" => options with { First = long.Parse(value, CultureInfo.InvariantCulture) },
                "--only" => options with { Only = long.Parse(value, CultureInfo.InvariantCulture) },
                "--crashes" => options with { Crashes = value },
                "--work" => options with { Work = value },
                _ => throw new FormatException($"there is no option {args[i]}; see --help"),
            };
        }
        if (options.Format != "all" && FuzzFormat.Find(options.Format) is null)
            throw new FormatException($"there is no format {options.Format}; see --help");
        return options;
    }
}
