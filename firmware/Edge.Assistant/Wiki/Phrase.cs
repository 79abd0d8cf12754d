using Edge.Assistant.Text;

namespace Edge.Assistant.Wiki;

/// <summary>The names of a topic, looked for in sentences.</summary>
internal sealed class Phrase
{
    private readonly List<string[]> names = [];
    private readonly List<string> unspaced = [];

    public Phrase(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var stems = Words.Of(name).Select(Words.Stem).ToArray();
            if (stems.Length > 0)
                this.names.Add(stems);
            // Scripts that put no space between words are searched by characters.
            if (name.Length > 1 && name.Any(c => c >= '\u2E80'))
                unspaced.Add(name);
        }
    }

    /// <param name="stems">Of the text.</param>
    public bool StandsIn(string text, List<string> stems)
    {
        if (unspaced.Exists(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)))
            return true;
        for (var i = 0; i < stems.Count; i++)
        {
            foreach (var name in names)
            {
                if (StandsAt(stems, i, name))
                    return true;
            }
        }
        return false;
    }

    public static bool StandsAt(List<string> words, int at, string[] name)
    {
        if (at + name.Length > words.Count)
            return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (words[at + i] != name[i])
                return false;
        }
        return true;
    }
}
