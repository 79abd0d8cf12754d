using System.CommandLine;
using Edge.Cli.Output;

namespace Edge.Cli.CommandLine;

/// <summary>A command with the example its help shows. Its body runs inside the boundary that turns trouble into one line.</summary>
internal sealed class EdgeCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;

    /// <param name="body">Gets the parsed options and a token that Ctrl-C cancels; returns the exit code.</param>
    public EdgeCommand Runs(Terminal terminal, Func<ParseResult, CancellationToken, Task<int>> body)
    {
        // Away from the main thread, so that Ctrl-C is noticed while the body computes.
        SetAction(
            (parsed, cancellation) =>
                Task.Run(() => Boundary.GuardAsync(terminal, () => body(parsed, cancellation)), CancellationToken.None)
        );
        return this;
    }

    public EdgeCommand Runs(Terminal terminal, Func<ParseResult, CancellationToken, int> body) =>
        Runs(terminal, (parsed, cancellation) => Task.FromResult(body(parsed, cancellation)));

    public EdgeCommand With(params Argument[] arguments)
    {
        foreach (var argument in arguments)
            Add(argument);
        return this;
    }

    public EdgeCommand With(params Option[] options)
    {
        foreach (var option in options)
            Add(option);
        return this;
    }
}
