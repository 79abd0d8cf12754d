namespace Edge.Inference.Gguf;

/// <summary>One tensor of a GGUF file as its table of contents describes it; range and shape are checked.</summary>
/// <param name="Name">As written, for example "blk.0.attn_q.weight".</param>
/// <param name="Type">How elements are stored; Edge computes with some types and lists all.</param>
/// <param name="Dims">Columns first: (64, 512) is 512 rows of 64. None is zero.</param>
/// <param name="Offset">Of the first byte, from the start of the file.</param>
/// <param name="Bytes">The file holds all of them.</param>
public sealed record GgufTensor(string Name, GgufTensorType Type, IReadOnlyList<long> Dims, long Offset, long Bytes)
{
    public long Elements => Dims.Aggregate(1L, (product, dim) => product * dim);
}

/// <summary>A storage type that GGUF names.</summary>
/// <param name="Number">GGUF's number for it.</param>
/// <param name="Name">"F32", "Q4_K" ...</param>
/// <param name="BlockElements">Elements that are stored together; divides the columns.</param>
/// <param name="BlockBytes">Bytes of one block.</param>
public sealed record GgufTensorType(int Number, string Name, int BlockElements, int BlockBytes)
{
    /// <summary>The types Edge computes with, for messages.</summary>
    public const string ComputedNames = "F32, F16, BF16, Q8_0, Q4_0";

    private static readonly GgufTensorType[] All =
    [
        new(0, "F32", 1, 4),
        new(1, "F16", 1, 2),
        new(2, "Q4_0", 32, 18),
        new(3, "Q4_1", 32, 20),
        new(6, "Q5_0", 32, 22),
        new(7, "Q5_1", 32, 24),
        new(8, "Q8_0", 32, 34),
        new(9, "Q8_1", 32, 36),
        new(10, "Q2_K", 256, 84),
        new(11, "Q3_K", 256, 110),
        new(12, "Q4_K", 256, 144),
        new(13, "Q5_K", 256, 176),
        new(14, "Q6_K", 256, 210),
        new(15, "Q8_K", 256, 292),
        new(16, "IQ2_XXS", 256, 66),
        new(17, "IQ2_XS", 256, 74),
        new(18, "IQ3_XXS", 256, 98),
        new(19, "IQ1_S", 256, 50),
        new(20, "IQ4_NL", 32, 18),
        new(21, "IQ3_S", 256, 110),
        new(22, "IQ2_S", 256, 82),
        new(23, "IQ4_XS", 256, 136),
        new(24, "I8", 1, 1),
        new(25, "I16", 1, 2),
        new(26, "I32", 1, 4),
        new(27, "I64", 1, 8),
        new(28, "F64", 1, 8),
        new(29, "IQ1_M", 256, 56),
        new(30, "BF16", 1, 2),
        new(34, "TQ1_0", 256, 54),
        new(35, "TQ2_0", 256, 66),
        new(39, "MXFP4", 32, 17),
    ];

    /// <summary>Whether Edge can compute with it; then <see cref="Number"/> is a <see cref="TensorType"/>.</summary>
    public bool Computed => Number is 0 or 1 or 2 or 8 or 30;

    /// <summary>Null for a number that GGUF does not define, or no longer defines.</summary>
    public static GgufTensorType? Find(uint number) => Array.Find(All, type => type.Number == number);
}
