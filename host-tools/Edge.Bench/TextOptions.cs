namespace Edge.Bench;

/// <summary>How a text is fed to a model.</summary>
public sealed record TextOptions
{
    /// <summary>Windows no longer than this unless more is asked for: their logits are held in memory.</summary>
    public const int ContextDefault = 512;

    /// <summary>Tokens of one window, 2 or more; 0 takes the model's context, 512 at most.</summary>
    public int Context { get; init; }

    /// <summary>The context that a model can give.</summary>
    /// <exception cref="ArgumentException">It cannot give what is asked for.</exception>
    internal int For(string model, int positions)
    {
        if (Context == 0)
            return Math.Min(ContextDefault, positions);
        if (Context < 2 || Context > positions)
            throw new ArgumentException($"{model}: the context must be 2 to {positions} tokens, got {Context}");
        return Context;
    }
}
