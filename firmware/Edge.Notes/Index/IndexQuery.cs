using Microsoft.Data.Sqlite;

namespace Edge.Notes;

/// <summary>From a question's words to what FTS5 is asked for.</summary>
internal static class IndexQuery
{
    /// <summary>More content words than this add nothing to a ranking; a pasted page must not take minutes.</summary>
    private const int StemsMax = 64;

    /// <summary>Distinct stems in order, without stop words unless nothing else remains.</summary>
    public static List<string> ContentStems(string query) => [.. ContentWords(query).Select(w => w.Stem)];

    public static List<QueryTerm> Terms(SqliteConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM passage WHERE passage MATCH $stem";
        var stem = command.Parameters.Add("$stem", SqliteType.Text);
        var terms = new List<QueryTerm>();
        foreach (var word in ContentWords(query))
        {
            stem.Value = Quoted(word.Stem);
            terms.Add(new QueryTerm(word.Word, word.Stem, (int)(long)command.ExecuteScalar()!));
        }
        return terms;
    }

    /// <summary>As one FTS5 string: nothing inside can be read as an operator. Stems hold no quotes.</summary>
    public static string Quoted(string stem) => $"\"{stem}\"";

    private static List<(string Word, string Stem)> ContentWords(string query)
    {
        var content = new List<(string, string)>();
        var stops = new List<(string, string)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in TextWords.Split(query))
        {
            var stem = TextWords.Stem(word.Folded);
            if (stem.Length == 0 || !seen.Add(stem))
                continue;
            (TextWords.IsStopWord(word.Folded) ? stops : content).Add((query.Substring(word.Start, word.Length), stem));
            if (content.Count == StemsMax)
                break;
        }
        return content.Count > 0 ? content : [.. stops.Take(StemsMax)];
    }
}
