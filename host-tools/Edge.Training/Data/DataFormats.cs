namespace Edge.Training.Data;

/// <summary>What a file of training data holds.</summary>
internal static class DataFormats
{
    public const string Text = "text";
    public const string Lines = "lines";
    public const string Questions = "qa";
    public const string Summaries = "summaries";
    public const string Notes = "notes";

    /// <summary>Prose that questions are made of.</summary>
    public const string Cloze = "cloze";

    public static readonly string[] Names = [Text, Lines, Questions, Summaries, Notes, Cloze];

    /// <summary>Whether it holds tasks with an answer rather than prose.</summary>
    public static bool IsTasks(string? format) => format is Questions or Summaries or Cloze;

    /// <summary>By the kind of file: a folder is notes, .jsonl is questions or summaries by the fields of its first line,
    /// anything else is text.</summary>
    public static string Tell(string path)
    {
        if (Directory.Exists(path))
            return Notes;
        var name = Path.GetFileName(path);
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            name = name[..^3];
        if (!name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            return Text;
        var first = Utf8Lines.Read(path).FirstOrDefault().Text ?? "";
        return first.Contains("\"summary\"", StringComparison.Ordinal) ? Summaries : Questions;
    }
}
