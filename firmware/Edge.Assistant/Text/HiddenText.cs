namespace Edge.Assistant.Text;

public enum HiddenKind
{
    HtmlComment,

    /// <summary>Characters without width inside ordinary words.</summary>
    ZeroWidth,

    /// <summary>Controls that turn the order of what is read around.</summary>
    Bidirectional,

    /// <summary>Unicode's tag characters, which spell ASCII and show nothing.</summary>
    TagCharacters,
}

/// <summary>A line of a note that hides something from its reader. What is hidden was not read.</summary>
/// <param name="Note">Vault path; "" for text that is no note.</param>
/// <param name="Line">From 1; where a comment begins.</param>
public sealed record HiddenText(string Note, int Line, HiddenKind Kind)
{
    /// <summary>The kind as files and messages spell it. Frozen: append, never rename.</summary>
    public static string Word(HiddenKind kind) =>
        kind switch
        {
            HiddenKind.HtmlComment => "html_comment",
            HiddenKind.ZeroWidth => "zero_width",
            HiddenKind.Bidirectional => "bidirectional",
            _ => "tag_characters",
        };

    /// <summary>Null for a word that is none of them.</summary>
    public static HiddenKind? KindOf(string word) =>
        Enum.GetValues<HiddenKind>().Cast<HiddenKind?>().FirstOrDefault(kind => Word(kind!.Value) == word);
}
