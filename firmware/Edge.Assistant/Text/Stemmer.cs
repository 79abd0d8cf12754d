namespace Edge.Assistant.Text;

/// <summary>Stems texts and remembers words: notes say the same ones again and again. Not for several threads.</summary>
internal sealed class Stemmer
{
    private readonly Dictionary<string, string[]> known = new(StringComparer.Ordinal);

    public HashSet<string> Of(string text)
    {
        var stems = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in Words.Of(text))
        {
            if (!known.TryGetValue(word, out var parts))
                known[word] = parts = [.. Words.Stems(word)];
            foreach (var stem in parts)
                stems.Add(stem);
        }
        return stems;
    }
}
