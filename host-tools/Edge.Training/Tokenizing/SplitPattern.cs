namespace Edge.Training.Tokenizing;

/// <summary>How a text is split into the words that merges never cross; numbers are not stored anywhere.</summary>
public enum SplitPattern
{
    /// <summary>GPT-2's: words with the space before them, runs of digits, runs of signs.</summary>
    Gpt2 = 1,

    /// <summary>GPT-4's (cl100k): digits by threes, contractions in any case, line breaks with the signs before them.</summary>
    Gpt4,

    /// <summary>Not at all: a document is one word.</summary>
    None,
}

internal static class SplitPatterns
{
    /// <summary>
    /// The name for tokenizer.ggml.pre, which decides how a text is split at encode time. GPT-4's expression is the one of
    /// llama-bpe, under which engines also take a word that is a token whole, as GPT-4's own encoder does. "none" is a
    /// name of ours: engines that do not know it refuse the file rather than split in another way.
    /// </summary>
    public static string PreName(this SplitPattern pattern) =>
        pattern switch
        {
            SplitPattern.Gpt2 => "gpt-2",
            SplitPattern.Gpt4 => "llama-bpe",
            SplitPattern.None => "none",
            _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "pattern must be gpt2, gpt4 or none"),
        };
}
