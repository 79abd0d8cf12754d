namespace Edge.Notes;

internal enum BlockKind
{
    Heading,
    Paragraph,
    List,
    Code,
    Table,
    Quote,
    Comment,
}

/// <summary>A run of lines that belongs together. Blank lines between blocks are in none.</summary>
/// <param name="First">Index of its first line, from 0.</param>
/// <param name="Last">Inclusive.</param>
/// <param name="Level">Headings: 1 to 6.</param>
/// <param name="Text">Headings: the text without its marks.</param>
internal readonly record struct Block(BlockKind Kind, int First, int Last, int Level = 0, string Text = "");
