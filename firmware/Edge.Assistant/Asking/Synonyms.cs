using Edge.Assistant.Text;

namespace Edge.Assistant.Asking;

/// <summary>Everyday words that people swap when they ask about what they wrote. General English only; short on purpose.</summary>
internal static class Synonyms
{
    /// <summary>Stems that mean much the same as this one; empty for most.</summary>
    public static IReadOnlyList<string> Of(string stem) => Table.TryGetValue(stem, out var others) ? others : [];

    /// <summary>Each line is one meaning.</summary>
    private static readonly string[] Groups =
    [
        "percent percentage share",
        "invent create devise",
        "picture image photo",
        "option flag switch argument",
        "fridge refrigerator refrigerate",
        "k8s kubernetes",
        "mac macos osx",
        "refresh update poll",
        "stop prevent avoid",
        "stick sticking",
        "begin start",
        "end finish complete",
        "buy purchase",
        "price cost fee",
        "remove delete",
        "error problem issue",
        "fix repair solve",
        "big large",
        "minimum least smallest lowest",
        "maximum most largest highest",
        "small little tiny",
        "quick fast rapid",
        "make prepare create",
        "cook bake",
        "oven bake",
        "keep store last",
        "employee staff worker",
        "press hit push click",
        "show display",
        "turn enable activate",
        "disable deactivate",
        "email mail e-mail",
        "phone telephone",
        "car vehicle",
        "people person participant",
        "meet meeting",
        "developer dev contributor",
        "agree decide consensus",
        "compare similar like",
        "convert transform format",
        "directory folder",
        "setting option parameter",
        "domain host url",
        "abbreviation acronym abbreviate",
        "apologize apology sorry",
        "mean define definition meaning",
        "alcohol abv",
        "repo repository",
        "db database",
        "js javascript",
        "config configuration configure",
        "doc document documentation",
        "release version",
        "thin thickness thick",
        "internal inside core",
        "spread smear",
        "retake repeat",
        "done ready finish",
        "sign log login",
        "numeral digit number",
        "symbol sign character",
        "kid child",
        "home house homemade",
        "soda baking",
        "serve serving portion",
    ];

    private static readonly Dictionary<string, string[]> Table = Build();

    private static Dictionary<string, string[]> Build()
    {
        var table = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var group in Groups)
        {
            var stems = group.Split(' ').Select(Words.Stem).Distinct().ToArray();
            foreach (var stem in stems)
            {
                if (!table.TryGetValue(stem, out var others))
                    table[stem] = others = [];
                others.UnionWith(stems.Where(other => other != stem));
            }
        }
        return table.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray(), StringComparer.Ordinal);
    }
}
