using System.Text;
using Edge.Link.Messages;

namespace Edge.Cli.Demo;

/// <summary>Holds what an answer quotes against the files themselves.</summary>
internal static class CitationCheck
{
    /// <summary>Null when every quote is, byte for byte, those lines of that file; otherwise what is wrong.</summary>
    public static string? Problem(string vault, IEnumerable<Citation> citations)
    {
        foreach (var citation in citations)
        {
            var path = Path.Combine(vault, citation.Note.Replace('/', Path.DirectorySeparatorChar));
            if (!File.Exists(path))
                return $"{citation.Note} is cited and does not exist";
            var lines = Encoding.UTF8.GetString(File.ReadAllBytes(path)).ReplaceLineEndings("\n").Split('\n');
            if (citation.FirstLine < 1 || citation.LastLine < citation.FirstLine || citation.LastLine > lines.Length)
                return $"{citation.Note} has no lines {citation.FirstLine} to {citation.LastLine}";
            var there = string.Join('\n', lines[(citation.FirstLine - 1)..citation.LastLine]);
            if (there != citation.Quote)
                return $"{citation.Note}:{citation.FirstLine}-{citation.LastLine} does not say what is quoted";
        }
        return null;
    }
}
