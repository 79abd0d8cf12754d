namespace Edge.EndToEnd.Tests;

/// <summary>The exit codes are a contract: 0 done, 1 failed, 2 usage, 3 no device, 4 the device refused.</summary>
public sealed class ExitCodeTests
{
    /// <summary>Every command, and for each a call that ends without a device or a file: arguments, exit code, words.</summary>
    public static TheoryData<string, int, string> Calls =>
        new()
        {
            { "", 2, "command" },
            { "nonsense", 2, "nonsense" },
            { "run", 2, "MODEL|run" },
            { "run missing.gguf", 2, "prompt" },
            { "run missing.gguf -p x", 1, "missing.gguf" },
            { "run missing.gguf -p x --temp -1", 2, "--temp" },
            { "run missing.gguf -p x --temp nan", 2, "--temp" },
            { "run missing.gguf -p x -n 0", 2, "--tokens" },
            { "run missing.gguf -p x --top-p 1.5", 2, "--top-p" },
            { "run missing.gguf -p x --seed -3", 2, "--seed" },
            { "run missing.gguf -p x --threads many", 2, "--threads" },
            { "logits missing.gguf", 2, "tokens" },
            { "logits missing.gguf --tokens 1,,2", 2, "commas" },
            { "logits missing.gguf --tokens 1", 1, "missing.gguf" },
            { "tokenize missing.gguf x", 1, "missing.gguf" },
            { "inspect missing.gguf", 1, "missing.gguf" },
            { "eval", 2, "command" },
            { "eval answers none --vault . --questions missing.jsonl", 1, "missing.jsonl" },
            { "feed --page 0", 2, "--page" },
            { "ask hello --vault missing-folder", 1, "missing-folder" },
            { "ask hello --vault . --device unix:x", 2, "one" },
            { "ask hello --model x.gguf", 2, "--vault" },
            { "ask hello --device unix:missing.sock", 3, "missing.sock" },
            { "ask hello --device nonsense", 2, "unix:" },
            { "summarize a.md --device unix:missing.sock", 3, "missing.sock" },
            { "capture missing.txt --device unix:missing.sock", 1, "missing.txt" },
            { "feed --device unix:missing.sock", 3, "missing.sock" },
            { "status --device unix:missing.sock", 3, "missing.sock" },
            { "slots --device unix:missing.sock", 3, "missing.sock" },
            { "sync missing-folder --device unix:missing.sock", 1, "missing-folder" },
            { "flash missing.gguf --device unix:missing.sock", 1, "missing.gguf" },
        };

    public static TheoryData<string> Commands =>
        [
            "run",
            "logits",
            "tokenize",
            "inspect",
            "eval answers",
            "simulate",
            "devices",
            "status",
            "flash",
            "slots",
            "sync",
            "ask",
            "summarize",
            "capture",
            "feed",
            "demo",
        ];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_that_cannot_work_says_why_in_one_line(string arguments, int exitCode, string words)
    {
        var run = await EdgeProcess.EdgeAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        run.Exits(exitCode).SaysInOneLine();
        Assert.True(
            words.Split('|').Any(w => run.Talk.Contains(w, StringComparison.OrdinalIgnoreCase)),
            run.ToString()
        );
        Assert.True(run.Output.Length == 0, $"stdout is for data\n{run}");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help_with_an_example(string command)
    {
        var run = await EdgeProcess.EdgeAsync([.. command.Split(' '), "--help"]);
        run.Exits(0);
        Assert.True(run.Output.Contains($"Example:\n  ", StringComparison.Ordinal), run.ToString());
        Assert.True(
            run.Output.Split("Example:")[1].Contains($"edge {command}", StringComparison.Ordinal),
            run.ToString()
        );
    }

    [Fact]
    public async Task A_question_is_never_taken_for_a_response_file()
    {
        var run = await EdgeProcess.EdgeAsync("ask", "@home what is there?", "--vault", "missing-folder");
        run.Exits(1).SaysInOneLine("missing-folder");
    }
}
