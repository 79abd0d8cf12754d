using Edge.Link.Messages;

namespace Edge.Cli.Output;

/// <summary>Tells people that a note hides something from them, and that it was not read: a line for each place.</summary>
internal static class HiddenReport
{
    public static void Say(Terminal terminal, IReadOnlyList<HiddenText>? hidden)
    {
        foreach (var place in hidden ?? [])
            terminal.Say($"{(place.Note.Length > 0 ? place.Note : "the text")}:{place.Line} {How(place.Kind)}");
    }

    public static IReadOnlyList<HiddenResult> Results(IReadOnlyList<HiddenText>? hidden) =>
        [.. (hidden ?? []).Select(place => new HiddenResult(place.Note, place.Line, place.Kind))];

    private static string How(string kind) =>
        kind switch
        {
            "html_comment" => "hides text in an HTML comment; it was not read",
            "zero_width" => "hides characters without width between its letters; they were left out",
            "bidirectional" => "turns what is read around with bidirectional controls; they were left out",
            "tag_characters" => "hides text in tag characters; it was not read",
            _ => $"hides something ({kind}); it was not read",
        };
}
