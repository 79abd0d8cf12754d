using System.Globalization;
using System.Text;

namespace Edge.Assistant.Summaries;

/// <summary>
/// A commit message for a unified diff as git prints it: which files, what became of them, where in them. Only what the diff
/// says; why it was done is for the person who did it.
/// </summary>
public static class CommitMessage
{
    /// <summary>As git's own tools cut it.</summary>
    private const int SubjectCharsMax = 72;

    private const int FilesMax = 12;
    private const int PlacesMax = 3;

    /// <returns>Null when the text is no diff.</returns>
    public static string? Of(string text)
    {
        var files = Read(text);
        if (files.Count == 0)
            return null;
        var message = new StringBuilder(Subject(files)).Append("\n\n");
        foreach (var file in files.Take(FilesMax))
            message.Append(Describe(file)).Append('\n');
        if (files.Count > FilesMax)
            message.Append(CultureInfo.InvariantCulture, $"- and {files.Count - FilesMax} more files\n");
        return message.ToString().TrimEnd();
    }

    private static string Subject(List<ChangedFile> files)
    {
        if (files is [{ } only])
            return Cut($"{only.Verb} {only.Name}");
        var verb = files.Select(file => file.Verb).Distinct().ToList() is [{ } same] ? same : "Change";
        var folder = CommonFolder(files);
        var names = string.Join(", ", files.Select(file => Path.GetFileName(file.Path)));
        var listed = $"{verb} {names}";
        return listed.Length <= SubjectCharsMax
            ? listed
            : Cut(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{verb} {files.Count} files{(folder.Length > 0 ? $" in {folder}" : "")}"
                )
            );
    }

    private static string Describe(ChangedFile file)
    {
        var counts = file.IsBinary
            ? "binary"
            : string.Create(CultureInfo.InvariantCulture, $"+{file.Added} -{file.Removed}");
        var places = file.Places.Distinct(StringComparer.Ordinal).Take(PlacesMax).ToList();
        return $"- {file.Verb.ToLowerInvariant()} {file.Name} ({counts}){(places.Count > 0 ? ": " + string.Join("; ", places) : "")}";
    }

    private static string CommonFolder(List<ChangedFile> files)
    {
        var parts = files[0].Path.Split('/')[..^1];
        var common = parts.Length;
        foreach (var file in files)
        {
            var own = file.Path.Split('/')[..^1];
            common = Math.Min(common, parts.Zip(own).TakeWhile(pair => pair.First == pair.Second).Count());
        }
        return string.Join('/', parts[..common]);
    }

    private static string Cut(string subject) =>
        subject.Length <= SubjectCharsMax ? subject : subject[..(SubjectCharsMax - 1)].TrimEnd() + "…";

    private static List<ChangedFile> Read(string text)
    {
        var files = new List<ChangedFile>();
        ChangedFile? file = null;
        // Lines of a hunk that are still to come: a line of content may look like a header.
        var (oldLeft, newLeft) = (0, 0);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (file is not null && (oldLeft > 0 || newLeft > 0))
            {
                Count(file, line, ref oldLeft, ref newLeft);
                continue;
            }
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
                files.Add(file = new ChangedFile(PathIn(line)));
            else if (line.StartsWith("--- ", StringComparison.Ordinal) && (file is null || file.HasHunks))
                files.Add(file = new ChangedFile(Unprefixed(line[4..])));
            else if (file is not null)
                ReadHeader(file, line, ref oldLeft, ref newLeft);
        }
        return [.. files.Where(read => read.Path.Length > 0)];
    }

    private static void ReadHeader(ChangedFile file, string line, ref int oldLeft, ref int newLeft)
    {
        if (line.StartsWith("new file", StringComparison.Ordinal))
            file.Verb = "Add";
        else if (line.StartsWith("deleted file", StringComparison.Ordinal))
            file.Verb = "Remove";
        else if (line.StartsWith("rename from ", StringComparison.Ordinal))
            (file.Verb, file.OldPath) = ("Rename", line["rename from ".Length..]);
        else if (line.StartsWith("rename to ", StringComparison.Ordinal))
            file.Path = line["rename to ".Length..];
        else if (line.StartsWith("Binary files ", StringComparison.Ordinal))
            file.IsBinary = true;
        else if (line.StartsWith("+++ ", StringComparison.Ordinal) && Unprefixed(line[4..]) is { Length: > 0 } path)
            file.Path = path;
        else if (line.StartsWith("@@ ", StringComparison.Ordinal))
            ReadHunk(file, line, ref oldLeft, ref newLeft);
    }

    private static void Count(ChangedFile file, string line, ref int oldLeft, ref int newLeft)
    {
        switch (line.Length > 0 ? line[0] : ' ')
        {
            case '+':
                file.Added++;
                newLeft--;
                break;
            case '-':
                file.Removed++;
                oldLeft--;
                break;
            case '\\':
                break;
            default:
                oldLeft--;
                newLeft--;
                break;
        }
    }

    /// <summary>"@@ -1,3 +1,4 @@ where": git names the function or heading that the change is in.</summary>
    private static void ReadHunk(ChangedFile file, string line, ref int oldLeft, ref int newLeft)
    {
        var end = line.IndexOf(" @@", 3, StringComparison.Ordinal);
        if (end < 0)
            return;
        var ranges = line[3..end].Split(' ');
        if (ranges.Length != 2)
            return;
        (oldLeft, newLeft) = (LengthOf(ranges[0]), LengthOf(ranges[1]));
        file.HasHunks = true;
        if (line[(end + 3)..].Trim() is { Length: > 0 } place)
            file.Places.Add(place.Length <= 60 ? place : place[..59] + "…");
    }

    private static int LengthOf(string range)
    {
        var comma = range.IndexOf(',', StringComparison.Ordinal);
        return comma < 0 ? 1
            : int.TryParse(range.AsSpan(comma + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n
            : 0;
    }

    private static string PathIn(string line)
    {
        var at = line.LastIndexOf(" b/", StringComparison.Ordinal);
        return at < 0 ? "" : line[(at + 3)..];
    }

    private static string Unprefixed(string path)
    {
        path = path.Split('\t')[0];
        return path == "/dev/null" ? ""
            : path.StartsWith("a/", StringComparison.Ordinal) || path.StartsWith("b/", StringComparison.Ordinal)
                ? path[2..]
            : path;
    }

    private sealed class ChangedFile(string path)
    {
        public string Path { get; set; } = path;
        public string? OldPath { get; set; }
        public string Verb { get; set; } = "Change";
        public bool IsBinary { get; set; }
        public bool HasHunks { get; set; }
        public int Added { get; set; }
        public int Removed { get; set; }
        public List<string> Places { get; } = [];

        public string Name => OldPath is null ? Path : $"{OldPath} to {Path}";
    }
}
