namespace Edge.Assistant.Sides;

/// <summary>What the notes say for a claim and against it, in their own lines.</summary>
/// <param name="Claim">As it was asked.</param>
/// <param name="For">Best first, at most <see cref="SideFinder.EachMax"/>.</param>
/// <param name="Against">Best first, at most <see cref="SideFinder.EachMax"/>.</param>
/// <param name="Ms">Time to the complete answer, milliseconds.</param>
public sealed record BothSides(string Claim, IReadOnlyList<Citation> For, IReadOnlyList<Citation> Against, double Ms)
{
    /// <summary>One sentence where a side is missing; null where there are two.</summary>
    public string? Missing =>
        (For.Count, Against.Count) switch
        {
            (0, 0) => "The notes take no side.",
            (_, 0) => "Nothing in the notes speaks against it.",
            (0, _) => "Nothing in the notes speaks for it.",
            _ => null,
        };
}
