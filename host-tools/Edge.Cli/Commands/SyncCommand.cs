using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Devices;
using Edge.Cli.Output;
using Edge.Host;
using Edge.Notes;

namespace Edge.Cli.Commands;

/// <summary>edge sync: makes a folder of notes and the device agree, both ways, deleting nothing.</summary>
internal static class SyncCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "a folder of markdown notes" };
        var dryRun = new Option<bool>("--dry-run") { Description = "only say what would be done" };
        var force = new Option<bool>("--force")
        {
            Description = "forget the last sync: bring notes that are gone on one side back from the other",
        };
        var device = Options.Device();
        var json = Options.Json();
        return new EdgeCommand(
            "sync",
            "Make a folder of notes and the device agree, both ways. Nothing is ever deleted; of two texts both stay.",
            "edge sync ~/notes --dry-run"
        )
            .With(folder)
            .With(dryRun, force, device, json)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var path = new Vault(parsed.GetRequiredValue(folder)).Root;
                    var options = new SyncOptions { DryRun = parsed.GetValue(dryRun), Force = parsed.GetValue(force) };
                    var client = await Attached
                        .ConnectAsync(terminal, parsed.GetValue(device), cancellation)
                        .ConfigureAwait(false);
                    await using (client.ConfigureAwait(false))
                    {
                        var report = await SyncAsync(terminal, client, path, options, cancellation)
                            .ConfigureAwait(false);
                        if (parsed.GetValue(json))
                            terminal.PrintJson(ToResult(report), Json.Types.SyncResult);
                        else
                            Print(terminal, report);
                        foreach (var problem in report.Problems)
                            terminal.Say($"edge: {problem}");
                        return IsComplete(report) ? ExitCode.Done : ExitCode.Failed;
                    }
                }
            );
    }

    /// <summary>Every note that should have been copied was.</summary>
    public static bool IsComplete(SyncReport report) =>
        report.DryRun || report.Steps.Count(step => !IsGone(step.Action)) == report.Moved.Count;

    public static async Task<SyncReport> SyncAsync(
        Terminal terminal,
        DeviceClient client,
        string folder,
        SyncOptions options,
        CancellationToken cancellation
    )
    {
        using var line = new ProgressLine(terminal, "sync:");
        return await client.SyncAsync(folder, options, Attached.ShownOn(line), cancellation).ConfigureAwait(false);
    }

    public static string Sentence(SyncReport report) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(report.DryRun ? "would copy" : "copied")} {report.Count(SyncAction.CopyToThere):N0} to the device, {report.Count(SyncAction.CopyToHere):N0} to the folder, {report.Count(SyncAction.KeepBoth):N0} kept twice; {report.Unchanged:N0} unchanged ({report.Ms / 1000:F1} s)"
        );

    private static void Print(Terminal terminal, SyncReport report)
    {
        foreach (var step in report.Steps)
            terminal.Print(
                step.Action switch
                {
                    SyncAction.CopyToThere => $"to device    {step.Path}",
                    SyncAction.CopyToHere => $"to folder    {step.Path}",
                    SyncAction.KeepBoth => $"both kept    {step.Path}, the device's text as {step.ConflictPath}",
                    SyncAction.GoneHere => $"gone here    {step.Path} (stays on the device)",
                    _ => $"gone there   {step.Path} (stays here)",
                }
            );
        terminal.Print(Sentence(report));
    }

    private static SyncResult ToResult(SyncReport report) =>
        new(
            report.DryRun,
            report.Count(SyncAction.CopyToThere),
            report.Count(SyncAction.CopyToHere),
            report.Count(SyncAction.KeepBoth),
            report.Steps.Count(step => IsGone(step.Action)),
            report.Unchanged,
            report.Bytes,
            report.Ms,
            [.. report.Steps.Select(step => new SyncItem(NameOf(step.Action), step.Path, step.ConflictPath))],
            report.Problems
        );

    private static bool IsGone(SyncAction action) => action is SyncAction.GoneHere or SyncAction.GoneThere;

    private static string NameOf(SyncAction action) =>
        action switch
        {
            SyncAction.CopyToThere => "to_device",
            SyncAction.CopyToHere => "to_folder",
            SyncAction.KeepBoth => "keep_both",
            SyncAction.GoneHere => "gone_here",
            _ => "gone_there",
        };
}
