namespace Edge.Inference;

/// <summary>What every engine refuses of <see cref="ILanguageModel.LogitsOfLast"/>.</summary>
internal static class LogitRange
{
    /// <exception cref="ArgumentException">The message has the numbers.</exception>
    public static void Check(int tokens, int rows, int positions, int vocab, int room)
    {
        if (tokens > positions)
            throw new ArgumentException($"{tokens} tokens do not fit the {positions} positions of the cache");
        if (rows < 1 || rows > tokens)
            throw new ArgumentException($"logits of 1 to {tokens} last tokens can be had, got {rows}");
        if (room < (long)rows * vocab)
            throw new ArgumentException($"{rows} rows of logits take {(long)rows * vocab} floats, got room for {room}");
    }
}
