using Edge.Assistant.Text;

namespace Edge.Assistant.Wiki;

/// <summary>Stems of texts in order, with repeats; remembers words. Not for several threads.</summary>
internal sealed class StemLists
{
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    public List<string> Of(string text)
    {
        var stems = new List<string>();
        foreach (var word in Words.Of(text))
        {
            if (!known.TryGetValue(word, out var stem))
                known[word] = stem = Words.Stem(word);
            stems.Add(stem);
        }
        return stems;
    }
}
