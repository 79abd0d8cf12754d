using System.Text;

namespace Edge.Notes;

/// <summary>A note's name everywhere (disk, index, link): relative, '/' between parts, no folder that starts with
/// '.', no file that starts with "._" or is only its ending, no control character, backslash or NUL, at most 1,024 bytes of UTF-8 and 255 a part, ends in .md or
/// .markdown.</summary>
public static class NotePath
{
    public const int PathBytesMax = 1024;
    public const int PartBytesMax = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Null when the path is good, otherwise what is wrong with it in one sentence.</summary>
    public static string? Problem(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            return "a note's path is empty; expected a name such as ideas/garden.md";
        if (path.Length > PathBytesMax || Utf8Bytes(path) is not { } bytes)
        {
            return path.Length > PathBytesMax
                ? $"a note's path has {path.Length:N0} characters, at most {PathBytesMax:N0} bytes are allowed: shorten it"
                : $"'{Shown(path)}': the name is not valid Unicode: rename the note";
        }
        if (bytes > PathBytesMax)
            return $"'{Shown(path)}': the path has {bytes:N0} bytes, at most {PathBytesMax:N0} are allowed: shorten it";
        var parts = path.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var isFile = i == parts.Length - 1;
            if ((isFile ? FileProblem(parts[i]) : FolderProblem(parts[i])) is { } problem)
                return $"'{Shown(path)}': {problem}";
        }
        return IsNoteName(path) ? null : $"'{Shown(path)}': a note's name ends in .md or .markdown";
    }

    /// <exception cref="NoteException">The path is not one; the message is <see cref="Problem"/>'s.</exception>
    public static void Check(string path)
    {
        if (Problem(path) is { } problem)
            throw new NoteException(problem);
    }

    /// <summary>True for names that end in .md or .markdown, in any case.</summary>
    internal static bool IsNoteName(string name) =>
        name.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".markdown", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a folder's name, or null. Hidden folders hold programs' state, not notes.</summary>
    internal static string? FolderProblem(string part) =>
        part.StartsWith('.')
            ? $"the part '{Shown(part)}' starts with '.': hidden folders hold no notes"
            : PartProblem(part);

    /// <summary>What is wrong with a file's name, or null. A note about "." is rightly called "..md"; macOS leaves "._"
    /// files that are no text.</summary>
    private static string? FileProblem(string part) =>
        part.StartsWith("._", StringComparison.Ordinal) || part is ".md" or ".markdown" or "." or ".."
            ? $"the part '{Shown(part)}' is hidden and not the name of a note"
            : PartProblem(part);

    private static string? PartProblem(string part)
    {
        if (part.Length == 0)
            return "an empty part: the path is relative, with single '/' between parts";
        if (part.Contains('\\'))
            return "a backslash is not allowed: use '/' between folders";
        if (part.Any(char.IsControl))
            return "a control character is not allowed: rename the note";
        if (Utf8Bytes(part) is not { } bytes)
            return "the name is not valid Unicode: rename the note";
        return bytes > PartBytesMax
            ? $"the part '{Shown(part)}' has {bytes:N0} bytes, at most {PartBytesMax} are allowed: shorten it"
            : null;
    }

    /// <summary>The path as it may stand in a message: no control characters, at most 80 characters.</summary>
    internal static string Shown(string path)
    {
        var cut = path.Length > 80 ? path[..79] + "…" : path;
        return cut.Any(char.IsControl) ? string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c)) : cut;
    }

    private static int? Utf8Bytes(string text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
