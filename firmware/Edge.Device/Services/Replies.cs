using HiddenText = Edge.Link.Messages.HiddenText;
using SourceLines = Edge.Link.Messages.SourceLines;

namespace Edge.Device.Services;

/// <summary>What the assistant found, as messages have it: lists that are empty are left out.</summary>
internal static class Replies
{
    public static IReadOnlyList<HiddenText>? Of(IReadOnlyList<Assistant.Text.HiddenText> hidden) =>
        hidden.Count == 0
            ? null
            : [.. hidden.Select(h => new HiddenText(h.Note, h.Line, Assistant.Text.HiddenText.Word(h.Kind)))];

    public static IReadOnlyList<SourceLines>? Of(IReadOnlyList<Assistant.SourceLines> sources) =>
        sources.Count == 0 ? null : [.. sources.Select(lines => new SourceLines(lines.FirstLine, lines.LastLine))];
}
