using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>A recipe, its text and its runs in a temporary folder: small enough to train in a few seconds.</summary>
internal sealed class TrainWorkplace : IDisposable
{
    private static readonly string[] OneThread = ["--threads", "1"];

    private readonly TempFolder _folder = new();

    /// <param name="steps">Of 256 positions.</param>
    public TrainWorkplace(int steps = 40)
    {
        Write("names.txt", Names());
        WriteRecipe(steps);
    }

    public string Recipe => _folder["tiny.json"];

    public string this[string relative] => _folder[relative];

    public void Write(string relative, string text) => File.WriteAllText(_folder[relative], text);

    public void WriteRecipe(int steps, int vocab = 257, string model = "\"depth\": 1, \"width\": 32") =>
        Write(
            "tiny.json",
            $$"""
            {
              "name": "tiny", "seed": 7,
              "tokenizer": { "train": { "vocab": {{vocab}}, "pattern": "none", "special": ["<|endoftext|>"], "input": ["names.txt"] } },
              "model": { {{model}}, "context": 32 },
              "stages": [
                { "name": "spell", "kind": "pretrain", "tokens": {{steps * 256}}, "batchTokens": 256,
                  "data": [ { "file": "names.txt", "format": "lines" } ], "validation": { "heldOut": 0.1 } }
              ]
            }
            """
        );

    /// <summary>The arguments of edge that train in a folder here. One thread unless said: two that share a busy core wait
    /// for each other.</summary>
    public string[] Arguments(string run, params string[] more) =>
        ["train", Recipe, "--run", _folder[run], .. more.Contains("--threads") ? [] : OneThread, .. more];

    public Task<Finished> TrainAsync(string run, params string[] more) => EdgeProcess.EdgeAsync(Arguments(run, more));

    /// <summary>Starts training and returns once it has taken this many steps here, in all its sittings.</summary>
    public async Task<EdgeProcess> StartAsync(string run, int steps, params string[] more)
    {
        var process = EdgeProcess.Start("Edge.Cli", "edge", Arguments(run, more));
        while (!process.Process.HasExited && Steps(run) < steps)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        return process;
    }

    /// <summary>Steps in the run's metrics, those that were taken twice counted twice.</summary>
    public int Steps(string run)
    {
        var path = Path.Combine(_folder[run], "metrics.jsonl");
        if (!File.Exists(path))
            return 0;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split("\"event\":\"step\"").Length - 1;
    }

    public byte[] Model(string run) => File.ReadAllBytes(Path.Combine(_folder[run], "model-f32.gguf"));

    public void Dispose() => _folder.Dispose();

    private static string Names()
    {
        string[] first = ["A", "Be", "Ca", "Di", "E", "Fi", "Ga", "Ha", "I", "Jo", "Ka", "Li", "Ma", "No", "O", "Pe"];
        string[] second = ["ra", "li", "no", "min", "dor", "la", "ve", "tis", "go", "sha"];
        string[] third = ["a", "el", "n", "ta", "us", "y", "ko", "re"];
        return string.Concat(from a in first from b in second from c in third select $"{a}{b}{c}\n");
    }
}
