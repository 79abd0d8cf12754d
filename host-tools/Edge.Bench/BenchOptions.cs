namespace Edge.Bench;

/// <summary>What to measure. Values out of range are refused.</summary>
public sealed record BenchOptions
{
    public const int TokensMax = 1 << 20;
    public const int ThreadsMax = 256;
    public const int RepeatsMax = 1000;

    /// <summary>GGUF or llama2.c.</summary>
    public required string ModelPath { get; init; }

    /// <summary>For llama2.c models.</summary>
    public string? TokenizerPath { get; init; }

    /// <summary>Tokens of the prompt, 1 or more.</summary>
    public int PromptTokens { get; init; } = 256;

    /// <summary>Tokens decoded after it, 1 or more.</summary>
    public int DecodeTokens { get; init; } = 64;

    /// <summary>Thread counts, each measured on its own.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1, 2];

    /// <summary>Runs of which the median is taken.</summary>
    public int Repeats { get; init; } = 5;

    /// <summary>Of the prompts' random tokens.</summary>
    public int Seed { get; init; } = 1;

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Check()
    {
        Within("prompt tokens", PromptTokens, TokensMax);
        Within("decoded tokens", DecodeTokens, TokensMax);
        Within("repeats", Repeats, RepeatsMax);
        if (Threads.Count == 0)
            throw new ArgumentException("at least one thread count is needed");
        foreach (var threads in Threads)
            Within("threads", threads, ThreadsMax);
    }

    private static void Within(string name, int value, int max)
    {
        if (value < 1 || value > max)
            throw new ArgumentException($"{name} must be 1 to {max}, got {value}");
    }
}
