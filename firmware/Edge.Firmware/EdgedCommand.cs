using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Edge.Device.Services;
using Edge.Device.State;
using Edge.Link;

namespace Edge.Firmware;

/// <summary>The command line of `edged`. Exit codes: 0 ended when asked to, 1 failed, 2 the command line is wrong.</summary>
internal static class EdgedCommand
{
    private const int Failed = 1;
    private const int Usage = 2;
    private const int ThreadsMax = 256;

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Folder for notes, index, summaries and models; made when missing",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<string> Link = new("--link")
    {
        Description = "Where hosts connect: serial:/dev/ttyGS0, unix:PATH, or pty",
        HelpName = "LINK",
        Required = true,
    };

    private static readonly Option<bool> Simulate = new("--simulate")
    {
        Description = "Simulated display and buttons, drawn in the terminal when there is one",
    };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads for the engine; 0 chooses",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "Name the device; kept from then on",
        HelpName = "TEXT",
    };

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var root = Build(output, error);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync("edged: " + problem.Message).ConfigureAwait(false);
            await error
                .WriteLineAsync("Try: edged --data ./device --link unix:/tmp/edge.sock --simulate    (or edged --help)")
                .ConfigureAwait(false);
            return Usage;
        }
        // Signals are ours: the library would end the process before the data folder is closed.
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
    }

    private static RootCommand Build(TextWriter output, TextWriter error)
    {
        var root = new RootCommand(
            """
            The Edge device's daemon: keeps notes, answers questions, serves one link.

            Prints "ready LINK" when it serves; LINK is what a host passes as --device.

            Example:
              edged --data ./device --link pty --simulate
            """
        );
        foreach (var option in new Option[] { Data, Link, Simulate, Threads, Name })
            root.Add(option);
        root.Validators.Add(Check);
        root.SetAction(async result =>
        {
            var options = new EdgedOptions(
                new ApplianceOptions(result.GetRequiredValue(Data), result.GetValue(Name), result.GetValue(Threads)),
                LinkAddress.Parse(result.GetRequiredValue(Link)),
                result.GetValue(Simulate)
            );
            try
            {
                using var edged = new Edged(options, TimeProvider.System, output, error);
                await edged.RunAsync().ConfigureAwait(false);
                return 0;
            }
            // The boundary: whatever keeps the daemon from serving is one line and a failure.
            catch (Exception e)
            {
                await error.WriteLineAsync("edged: " + e.Message).ConfigureAwait(false);
                return Failed;
            }
        });
        return root;
    }

    private static void Check(CommandResult result)
    {
        if (IsGiven(result, Data) && string.IsNullOrWhiteSpace(result.GetValue(Data)))
            result.AddError("--data needs a folder, got an empty text");
        // From its text: reading the value of an option that is no number throws; that has its own message.
        if (
            result.GetResult(Threads) is { Tokens: [var threads, ..] }
            && int.TryParse(threads.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var count)
            && count is < 0 or > ThreadsMax
        )
            result.AddError($"--threads must be 0 to {ThreadsMax}, got {count}");
        if (
            IsGiven(result, Name)
            && result.GetValue(Name) is { } name
            && DeviceIdentity.NameProblem(name) is { } problem
        )
            result.AddError("--name: " + problem);
        if (!IsGiven(result, Link) || result.GetValue(Link) is not { } link)
            return;
        try
        {
            LinkAddress.Parse(link);
        }
        catch (ArgumentException e)
        {
            // Without ".NET's" parameter name, which says nothing to a person.
            result.AddError("--link: " + e.Message.Replace(" (Parameter 'text')", "", StringComparison.Ordinal));
        }
    }

    /// <summary>False when the option is missing or could not be read: that has its own message.</summary>
    private static bool IsGiven(CommandResult result, Option option) =>
        result.GetResult(option) is { Implicit: false } given && !given.Errors.Any();
}
