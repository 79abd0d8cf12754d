using Edge.Inference;

namespace Edge.Training.Tokenizing;

/// <summary>What <see cref="BytePairTrainer"/> is to make.</summary>
public sealed record BytePairOptions
{
    /// <summary>Bytes of the longest token that is made by merging; a pair beyond it is passed over.</summary>
    public const int TokenBytesMax = 1024;

    /// <summary>Tokens in all: special ones, the 256 bytes, and one for each merge.</summary>
    public required int VocabSize { get; init; }

    public SplitPattern Pattern { get; init; } = SplitPattern.Gpt2;

    /// <summary>Tokens that steer the model and are in no text; they get the ids from 0 on, in this order.</summary>
    public IReadOnlyList<string> Special { get; init; } = [];

    /// <summary>Threads that count; 0 takes one for each processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <exception cref="ArgumentException">A value makes no sense.</exception>
    internal void Check()
    {
        _ = Pattern.PreName();
        if (Threads is < 0 or > 1024)
            throw new ArgumentException($"threads must be 0 to 1024, got {Threads}");
        SpecialTokenNames.Check(Special);
        var least = 256 + Special.Count;
        if (VocabSize < least || VocabSize > ModelLimits.VocabMax)
            throw new ArgumentException(
                $"vocab must be {least:N0} (256 bytes and {Special.Count} special tokens) to {ModelLimits.VocabMax:N0}, got {VocabSize:N0}"
            );
    }
}
