using System.Diagnostics;
using System.Globalization;

namespace Edge.Fuzz;

/// <summary>Runs a child for each format and starts it again after the file that killed it.</summary>
internal static class Supervisor
{
    /// <summary>Children that died in a row before a format is given up.</summary>
    private const int DeathsMax = 20;

    public static int Run(FuzzOptions options)
    {
        Directory.CreateDirectory(options.Crashes);
        string[] formats = options.Format == "all" ? [.. FuzzFormat.All.Select(f => f.Name)] : [options.Format];
        var findings = formats.Sum(format => RunFormat(options with { Format = format }));
        Console.WriteLine($"{findings} findings{(findings == 0 ? "" : $", saved under {options.Crashes}")}");
        return findings == 0 ? 0 : 1;
    }

    private static int RunFormat(FuzzOptions options)
    {
        var work = Directory.CreateTempSubdirectory("edge-fuzz-").FullName;
        var findings = 0;
        var clock = Stopwatch.StartNew();
        try
        {
            for (var deaths = 0; deaths < DeathsMax; deaths++)
            {
                var left = options.Minutes - clock.Elapsed.TotalMinutes;
                if (left <= 0 && options.Only is null)
                    return findings;
                var code = RunChild(options with { Minutes = left, Work = work });
                var state = WorkFolder.ReadState(work);
                findings += state.Findings;
                if (code == 0)
                    return findings;

                findings++;
                WorkFolder.Save(
                    work,
                    options,
                    state.Iteration,
                    $"the process ended with code {code}{(state.Trouble is null ? ": a crash, not an exception" : $": {state.Trouble}")}"
                );
                if (options.Only is not null)
                    return findings;
                options = options with { First = state.Iteration + 1 };
            }
            Console.WriteLine($"{options.Format}: gave up after {DeathsMax} processes that ended");
            return findings;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static int RunChild(FuzzOptions options)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        string[] arguments =
        [
            "--work",
            options.Work!,
            "--format",
            options.Format,
            "--seed",
            options.Seed.ToString(CultureInfo.InvariantCulture),
            "--first",
            options.First.ToString(CultureInfo.InvariantCulture),
            "--minutes",
            options.Minutes.ToString(CultureInfo.InvariantCulture),
            "--crashes",
            Path.GetFullPath(options.Crashes),
            .. options.Only is { } only ? new[] { "--only", only.ToString(CultureInfo.InvariantCulture) } : [],
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var child = Process.Start(start)!;
        child.WaitForExit();
        return child.ExitCode;
    }
}
