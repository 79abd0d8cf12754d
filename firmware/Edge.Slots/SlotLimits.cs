namespace Edge.Slots;

/// <summary>Every limit of the slots. SLOTS.md lists them; a test compares the two.</summary>
public static class SlotLimits
{
    public const string ModelFileName = "model";
    public const string TokenizerFileName = "tokenizer";

    /// <summary>The same model for another engine, used when the first does not work.</summary>
    public const string FallbackFileName = "fallback";

    /// <summary>What a slot can hold besides its manifest, in the order of an install; the first is required.</summary>
    public static IReadOnlyList<string> FileNames { get; } = [ModelFileName, TokenizerFileName, FallbackFileName];

    public const int ModelNameCharsMax = 128;
    public const long FileBytesMax = 64L << 30;
    public const int ProbeTokensMax = 64;
    public const int ProbeLogitsMax = 1 << 20;

    /// <summary>Relative root mean square error of the device's probe logits against the host's.</summary>
    public const double ProbeErrorMax = 0.02;

    /// <summary>As above, of a fallback's logits, whose engine rounds in another way, against the host's of the model.</summary>
    public const double FallbackErrorMax = 0.05;

    /// <summary>Bytes that stay free after an install, for notes and their index.</summary>
    public const long SpareBytes = 8 << 20;

    /// <summary>Starts that a model on trial has to answer once.</summary>
    public const int TrialStarts = 3;

    /// <summary>UTF-8 bytes of a slot's problem in the record; longer text is cut off.</summary>
    public const int ProblemBytesMax = 200;

    public const int ManifestBytesMax = 32 << 20;
}
