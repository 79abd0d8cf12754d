namespace Edge.Assistant.Text;

public enum UnitKind
{
    Heading,
    Sentence,
    ListItem,
    TableRow,
    Code,
}

/// <summary>The smallest thing that is quoted: a sentence, one of a list item, a table row, a block of code.</summary>
/// <param name="Text">Plain, on one line (code keeps its lines).</param>
/// <param name="FirstLine">Of the note, from 1.</param>
/// <param name="LastLine">Inclusive.</param>
/// <param name="Heading">Headings above it, " > " between; "" at the top.</param>
/// <param name="Block">Counts paragraphs, lists, tables and code blocks of the note; units of one block stand together.</param>
/// <param name="Indent">List items: columns before the mark. 0 elsewhere.</param>
public sealed record Unit(
    UnitKind Kind,
    string Text,
    int FirstLine,
    int LastLine,
    string Heading,
    int Block,
    int Indent
);
