using System.CommandLine;

namespace Edge.Cli.Commands;

/// <summary>Options that edge eval qa and edge eval summaries share.</summary>
internal static class EvalShared
{
    public static Option<string?> Predictions() =>
        new("--predictions")
        {
            Description = "also write {\"id\", \"prediction\", \"refused\"}, one line per item",
            HelpName = "OUT",
        };

    public static Option<bool> Items() => new("--items") { Description = "with --json: also every item" };
}
