using System.Globalization;
using Edge.Assistant;
using Edge.Assistant.Evaluation;
using Edge.Cli.Commands;
using Edge.Cli.Devices;
using Edge.Cli.Output;
using Edge.Host;
using Edge.Link.Messages;

namespace Edge.Cli.Demo;

/// <summary>
/// The main job with a simulated device that is a process of its own: flash, sync, summarise, ask. Everything lies in a
/// folder for temporary files and is gone afterwards, however it ends.
/// </summary>
internal sealed class DemoRun(Terminal terminal)
{
    private const int Questions = 5;

    /// <summary>A unix socket's path has about 100 bytes; a longer one falls back to a pseudo-terminal.</summary>
    private const int SocketPathMax = 100;

    private readonly long _started = terminal.Clock.GetTimestamp();
    private readonly List<string> _failures = [];

    /// <param name="link">"unix" or "pty".</param>
    /// <returns>Whether every step did what it promises.</returns>
    public async Task<bool> RunAsync(string link, CancellationToken cancellation)
    {
        var samples = Path.Combine(AppContext.BaseDirectory, "Samples");
        var vault = Path.Combine(samples, "vault");
        if (!Directory.Exists(vault))
            throw new IOException($"the sample vault {vault} is missing: build edge again");
        var gold = AnswersEvaluation.ReadQuestions(Path.Combine(samples, "questions.jsonl")).Take(Questions).ToList();

        var folder = Directory.CreateTempSubdirectory("edge-demo-").FullName;
        try
        {
            var notes = Path.Combine(folder, "notes");
            Copy(vault, notes);
            await RunInAsync(folder, notes, gold, link, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Conclude();
        return _failures.Count == 0;
    }

    private async Task RunInAsync(
        string folder,
        string notes,
        IReadOnlyList<GoldQuestion> gold,
        string link,
        CancellationToken cancellation
    )
    {
        Heading("A device");
        var socket = Path.Combine(folder, "edge.sock");
        var address = link == "pty" || socket.Length > SocketPathMax ? "pty" : $"unix:{socket}";
        var device = await SimulatedDevice
            .StartAsync(Path.Combine(folder, "device"), address, Path.Combine(folder, "run"), cancellation)
            .ConfigureAwait(false);
        await using (device.ConfigureAwait(false))
        {
            terminal.Print($"edged --simulate runs as process {device.ProcessId} and serves {device.Link}");
            var host = HostIdentity.LoadOrCreate(Path.Combine(folder, "host"));
            var client = await Attached.ConnectAsync(terminal, device.Link, host, cancellation).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                await FlashAsync(client, cancellation).ConfigureAwait(false);
                await SyncAsync(client, notes, cancellation).ConfigureAwait(false);
                await SummarizeAsync(client, cancellation).ConfigureAwait(false);
                await AskAsync(client, notes, gold, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task FlashAsync(DeviceClient client, CancellationToken cancellation)
    {
        Heading("A model");
        if (DemoModel.Find() is not { } model)
        {
            terminal.Print("No model is shipped and none was found: the device goes on without one and quotes.");
            return;
        }
        using var line = new ProgressLine(terminal, "flash:");
        var progress = Attached.ShownOn(line);
        var package = ModelPackage.Open(model.Path, model.Tokenizer, progress, cancellation);
        var reply = await client.FlashAsync(package, progress, cancellation).ConfigureAwait(false);
        line.Clear();
        terminal.Print(
            $"{reply.ModelName} ({package.Bytes:N0} bytes) is active in slot {reply.Slot}: {reply.SelfTest}"
        );
        var active = (await client.SlotsAsync(cancellation).ConfigureAwait(false)).Slots.SingleOrDefault(s => s.Active);
        Expect(active?.ModelName == package.ModelName, "the device does not use the model that was flashed");
        if ((await client.StatusAsync(cancellation).ConfigureAwait(false)).WhyQuoted is { } why)
            terminal.Print($"Text below is quoted, not written: {why}");
    }

    private async Task SyncAsync(DeviceClient client, string notes, CancellationToken cancellation)
    {
        Heading("Notes");
        var report = await SyncCommand
            .SyncAsync(terminal, client, notes, new SyncOptions(), cancellation)
            .ConfigureAwait(false);
        terminal.Print(SyncCommand.Sentence(report));
        foreach (var problem in report.Problems)
            Expect(false, problem);
        Expect(SyncCommand.IsComplete(report) && report.Moved.Count > 0, "not every note was copied");

        var again = await SyncCommand
            .SyncAsync(terminal, client, notes, new SyncOptions(), cancellation)
            .ConfigureAwait(false);
        terminal.Print($"A second time: {SyncCommand.Sentence(again)}");
        Expect(again.Steps.Count == 0, "a second sync moved notes that had not changed");
    }

    private async Task SummarizeAsync(DeviceClient client, CancellationToken cancellation)
    {
        Heading("Summaries");
        const int Shown = 4;
        var started = terminal.Clock.GetTimestamp();
        var total = 0;
        var written = 0;
        for (var page = 1; ; page++)
        {
            var feed = await client.FeedAsync(page, 10, cancellation).ConfigureAwait(false);
            foreach (var entry in feed.Entries)
            {
                Expect(entry.Headline.Length > 0, $"{entry.Note} has no headline");
                written += entry.WrittenBy == NoteAssistant.Quoted ? 0 : 1;
                if (total++ < Shown)
                    PrintEntry(entry);
            }
            if (feed.Entries.Count == 0 || page * feed.PageSize >= feed.Total)
                break;
        }
        Expect(total > 0, "the feed is empty");
        var seconds = terminal.Clock.GetElapsedTime(started).TotalSeconds;
        terminal.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"... {total} notes in the feed, {written} summaries written by the model, {total - written} quoted ({seconds:F1} s)"
            )
        );
    }

    private async Task AskAsync(
        DeviceClient client,
        string notes,
        IReadOnlyList<GoldQuestion> gold,
        CancellationToken cancellation
    )
    {
        Heading("Questions");
        foreach (var question in gold)
        {
            terminal.Print($"? {question.Question}");
            var answer = await client.AskAsync(question.Question, null, null, cancellation).ConfigureAwait(false);
            var by = answer.WrittenBy == NoteAssistant.Quoted ? "quoted" : $"written by {answer.WrittenBy}";
            terminal.Print(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {answer.Answer}   ({(answer.Refused ? "refused" : by)}, {answer.Ms:F0} ms)"
                )
            );
            AskCommand.PrintCitations(terminal, answer);
            Judge(notes, question, answer);
        }
    }

    private void Judge(string notes, GoldQuestion question, AskReply answer)
    {
        if (question.Answer is null)
        {
            Expect(answer.Refused, $"\"{question.Question}\" was answered, and the notes do not say");
            return;
        }
        Expect(!answer.Refused, $"\"{question.Question}\" was refused, and the notes say it");
        Expect(answer.Refused || answer.Citations.Count > 0, $"\"{question.Question}\" has no citation");
        Expect(
            answer.Refused
                || answer
                    .Citations.Select(c => c.Quote)
                    .Append(answer.Answer)
                    .Any(text => text.Contains(question.Answer, StringComparison.OrdinalIgnoreCase)),
            $"\"{question.Question}\": {question.Answer} stands neither in the answer nor in what it quotes"
        );
        if (CitationCheck.Problem(notes, answer.Citations) is { } problem)
            Expect(false, problem);
    }

    private void Conclude()
    {
        terminal.Print("");
        foreach (var failure in _failures)
            terminal.Say($"edge: {failure}");
        var seconds = terminal.Clock.GetElapsedTime(_started).TotalSeconds;
        terminal.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(_failures.Count == 0 ? "Everything worked" : $"{_failures.Count} things did not work")}, in {seconds:F1} s. The device and its folder are gone again."
            )
        );
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
            _failures.Add(otherwise);
    }

    private void Heading(string text)
    {
        terminal.Print("");
        terminal.Print($"== {text}");
    }

    private void PrintEntry(Link.Messages.FeedEntry entry)
    {
        terminal.Print($"{entry.Date ?? "          "}  {entry.Headline}   ({entry.Note}, {entry.WrittenBy})");
        terminal.Print($"            {entry.Text.ReplaceLineEndings(" ")}");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
