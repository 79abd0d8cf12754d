using System.Text;
using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>Files and questions that are wrong: one clear line, the right exit code, nothing lost.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public BadInputTests() => Directory.CreateDirectory(_folder["vault"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_cut_short_is_refused_with_the_place()
    {
        var whole = await ReadAsync(Repo.Shared("golden/plain.q8_0.gguf"));
        await WriteAsync("short.gguf", whole[..(whole.Length / 2)]);
        (await EdgeProcess.EdgeAsync("run", _folder["short.gguf"], "-p", "x"))
            .Exits(1)
            .SaysInOneLine("short.gguf", "ends");
    }

    [Fact]
    public async Task A_model_of_a_future_version_is_refused_with_its_number()
    {
        var bytes = await ReadAsync(Repo.Shared("golden/plain.q8_0.gguf"));
        bytes[4] = 99;
        await WriteAsync("future.gguf", bytes);
        (await EdgeProcess.EdgeAsync("inspect", _folder["future.gguf"])).Exits(1).SaysInOneLine("future.gguf", "99");
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_refused()
    {
        await WriteAsync("letter.gguf", Encoding.UTF8.GetBytes("Dear Anna, this is a letter and no model at all."));
        (await EdgeProcess.EdgeAsync("run", _folder["letter.gguf"], "-p", "x")).Exits(1).SaysInOneLine("letter.gguf");
    }

    [Fact]
    public async Task A_count_that_overflows_is_refused()
    {
        var bytes = await ReadAsync(Repo.Shared("golden/plain.q8_0.gguf"));
        bytes.AsSpan(8, 8).Fill(0xff);
        await WriteAsync("many.gguf", bytes);
        (await EdgeProcess.EdgeAsync("run", _folder["many.gguf"], "-p", "x")).Exits(1).SaysInOneLine("many.gguf");
    }

    [Fact]
    public async Task A_tokenizer_that_does_not_fit_its_model_is_refused_with_both_sizes()
    {
        var model = Repo.Shared("models/stories260K.bin");
        var run = await EdgeProcess.EdgeAsync(
            "run",
            model,
            "--tokenizer",
            Repo.Shared("models/tokenizer-32000.bin"),
            "-p",
            "x"
        );
        run.Exits(1).SaysInOneLine("512");
    }

    [Fact]
    public async Task A_token_outside_the_vocabulary_is_a_usage_error()
    {
        var run = await EdgeProcess.EdgeAsync("logits", Repo.Shared("golden/plain.f32.gguf"), "--tokens", "1,512");
        run.Exits(2).SaysInOneLine("512");
    }

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_a_usage_error()
    {
        var run = await EdgeProcess.EdgeAsync(
            "run",
            Repo.Shared("golden/plain.f32.gguf"),
            "-p",
            string.Concat(Enumerable.Repeat("long ", 500))
        );
        run.Exits(2).SaysInOneLine("128");
    }

    [Fact]
    public async Task A_vault_with_every_kind_of_bad_note_still_answers_and_names_them()
    {
        await WriteAsync(
            "vault/good.md",
            Encoding.UTF8.GetBytes("# Boiler\n\nThe boiler was serviced on 3 May by Jens.\n")
        );
        await WriteAsync("vault/latin1.md", [.. "# Caf"u8, 0xe9, .. "\n\nThe caf"u8, 0xe9, .. " opens at nine.\n"u8]);
        await WriteAsync("outside.md", Encoding.UTF8.GetBytes("# Secret\n\nThe boiler code is 4711.\n"));
        Directory.CreateDirectory(_folder["vault/folder.md"]);
        File.CreateSymbolicLink(_folder["vault/link.md"], _folder["outside.md"]);
        await using (var huge = File.Create(_folder["vault/huge.md"]))
            huge.SetLength(50L << 20);

        var run = await AskAsync("Who serviced the boiler?", "--json");

        var answer = run.Exits(0).Json();
        Assert.False(answer.GetProperty("refused").GetBoolean(), run.ToString());
        Assert.Contains(
            "Jens",
            answer.GetProperty("citations")[0].GetProperty("quote").GetString()!,
            StringComparison.Ordinal
        );
        foreach (var bad in (string[])["folder.md", "link.md", "huge.md"])
            Assert.True(run.Talk.Contains(bad, StringComparison.Ordinal), $"{bad} is not named\n{run}");
        Assert.DoesNotContain("4711", run.Output, StringComparison.Ordinal);
        Assert.Equal(50L << 20, new FileInfo(_folder["vault/huge.md"]).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task A_question_of_an_impossible_length_is_a_usage_error(int characters) =>
        (await AskAsync(new string('x', characters))).Exits(2).SaysInOneLine("question");

    [Fact]
    public async Task A_full_disk_fails_the_capture_in_one_line_and_keeps_what_was_there()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "needs root to mount a small disk"
        );
        await using var disk = await SmallDisk.MountAsync(_folder["disk"], "256k");
        Assert.SkipUnless(disk.IsMounted, "this computer does not let root mount a tmpfs");
        await WriteAsync("disk/first.md", Encoding.UTF8.GetBytes("# First\n\nStays as it is.\n"));
        var before = await ReadAsync(_folder["disk/first.md"]);
        await WriteAsync(
            "big.txt",
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("A long line of text.\n", 50_000)))
        );

        var run = await EdgeProcess.EdgeAsync(
            ["capture", _folder["big.txt"], "--vault", _folder["disk"]],
            null,
            Cache()
        );

        run.Exits(1).SaysInOneLine();
        Assert.Equal(before, await ReadAsync(_folder["disk/first.md"]));
        Assert.Equal(
            ["first.md"],
            Directory.GetFiles(_folder["disk"], "*", SearchOption.AllDirectories).Select(Path.GetFileName)
        );
    }

    [Fact]
    public async Task Questions_that_are_not_json_are_refused_with_the_line()
    {
        await WriteAsync(
            "questions.jsonl",
            Encoding.UTF8.GetBytes("{\"id\":\"1\",\"question\":\"a\",\"answer\":null,\"note\":null}\nnonsense\n")
        );
        var run = await EdgeProcess.EdgeAsync(
            ["eval", "answers", "none", "--vault", _folder["vault"], "--questions", _folder["questions.jsonl"]],
            null,
            Cache()
        );
        run.Exits(1).SaysInOneLine("questions.jsonl", "line 2");
    }

    [Fact]
    public async Task Control_characters_of_a_note_are_drawn_and_not_obeyed_by_the_terminal()
    {
        Directory.CreateDirectory(_folder["vault"]);
        const string Line = "The shed key hangs\u001b]0;PWNED\u0007 behind the door\u001b[2J.";
        await WriteAsync("vault/shed.md", Encoding.UTF8.GetBytes($"# Shed\n\n{Line}\n"));
        var run = (await AskAsync("Where does the shed key hang?")).Exits(0);
        Assert.Contains("behind the door", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.DoesNotContain('\u0007', run.Output);
        var quote = (await AskAsync("Where does the shed key hang?", "--json")).Json().GetProperty("citations")[0];
        Assert.Equal(Line, quote.GetProperty("quote").GetString());
    }

    private Task<Finished> AskAsync(string question, params string[] more) =>
        EdgeProcess.EdgeAsync(["ask", question, "--vault", _folder["vault"], .. more], null, Cache());

    private Dictionary<string, string> Cache() => new() { ["XDG_CACHE_HOME"] = _folder["cache"] };

    private static Task<byte[]> ReadAsync(string path) =>
        File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

    private Task WriteAsync(string relative, byte[] bytes) =>
        File.WriteAllBytesAsync(_folder[relative], bytes, TestContext.Current.CancellationToken);
}
