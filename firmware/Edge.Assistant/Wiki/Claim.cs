namespace Edge.Assistant.Wiki;

/// <summary>What a claim's value is; the numbers are stored.</summary>
public enum ClaimKind
{
    Number = 0,
    Date = 1,
    YesNo = 2,
}

/// <summary>A line that says something which another line could deny.</summary>
/// <param name="Subject">Everything it says but the value, as stems: only equal ones are compared.</param>
/// <param name="Value">Canonical; "yes" or "no".</param>
/// <param name="Content">Words of the subject that tell one thing from another.</param>
/// <param name="IsField">A "key: value" line.</param>
/// <param name="Place">Headings above it, and whether it stands deeper in a list.</param>
/// <param name="FirstLine">From 1.</param>
/// <param name="LastLine">Inclusive.</param>
internal sealed record Claim(
    string Subject,
    ClaimKind Kind,
    string Value,
    int Content,
    bool IsField,
    string Place,
    int FirstLine,
    int LastLine
);
