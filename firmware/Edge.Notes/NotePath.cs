namespace Edge.Notes;

/// <summary>A note's name everywhere (disk, index, link): relative, '/' between parts, no "." or ".." part, no part that
/// starts with '.', no control character, backslash or NUL, at most 1,024 bytes of UTF-8 and 255 a part, ends in .md or
/// .markdown.</summary>
public static class NotePath
{
    /// <summary>Null when the path is good, otherwise what is wrong with it in one sentence.</summary>
    public static string? Problem(string path) => throw new NotImplementedException();

    /// <exception cref="NoteException">The path is not one; the message is <see cref="Problem"/>'s.</exception>
    public static void Check(string path)
    {
        if (Problem(path) is { } problem)
            throw new NoteException(problem);
    }
}
