namespace Edge.Notes;

internal static class NoteTitle
{
    public static string Of(string path, IReadOnlyDictionary<string, string> frontMatter, List<Block> blocks)
    {
        if (frontMatter.TryGetValue("title", out var title) && !string.IsNullOrWhiteSpace(title))
            return OneLine(title);
        foreach (var block in blocks)
        {
            if (block is { Kind: BlockKind.Heading, Level: 1, Text.Length: > 0 })
                return block.Text;
        }
        return FromFileName(path);
    }

    /// <summary>"ideas/2024-garden-plan.md" is "2024 garden plan".</summary>
    private static string FromFileName(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var words = name.Replace('-', ' ').Replace('_', ' ').Trim();
        return words.Length > 0 ? words : name;
    }

    private static string OneLine(string title) => title.ReplaceLineEndings(" ").Trim();
}
