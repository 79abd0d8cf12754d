namespace Edge.Assistant.Wiki;

/// <summary>Two claims that cannot both hold.</summary>
internal sealed record Opposed(string FirstNote, Claim First, string SecondNote, Claim Second);

/// <summary>
/// Finds claims with the same subject and another value. A subject that few words describe is compared within one place
/// of one note only; a field with many values over the vault ("Servings: 4") describes each note, and denies nothing.
/// </summary>
internal static class Contradictions
{
    /// <summary>Words of a subject that make it the same thing in every note.</summary>
    private const int ContentMin = 2;

    /// <summary>Distinct values from which on a subject is a property of each note.</summary>
    private const int FieldValuesMax = 2;
    private const int SentenceValuesMax = 4;

    /// <summary>Distinct values in one place from which on they are a list of things, not a contradiction.</summary>
    private const int PlaceValuesMax = 2;

    /// <param name="notes">By path; private ones have no claims.</param>
    public static IReadOnlyList<Opposed> Of(IEnumerable<KeyValuePair<string, NoteFacts>> notes)
    {
        var found = new List<Opposed>();
        var groups = notes
            .OrderBy(note => note.Key, StringComparer.Ordinal)
            .SelectMany(note => note.Value.Claims.Select(claim => (Note: note.Key, Claim: claim)))
            .GroupBy(said => (said.Claim.Subject, said.Claim.Kind))
            .Where(group => group.Skip(1).Any());
        foreach (var group in groups)
        {
            var said = group.ToList();
            var values = Values(said);
            if (values < 2)
                continue;
            var isField = said[0].Claim.IsField;
            if (said[0].Claim.Content >= ContentMin && values <= (isField ? FieldValuesMax : SentenceValuesMax))
            {
                Pair(said, found);
                continue;
            }
            foreach (var place in said.GroupBy(s => (s.Note, s.Claim.Place)))
            {
                var there = place.ToList();
                if (Values(there) is >= 2 and <= PlaceValuesMax && !place.Key.Place.EndsWith('>'))
                    Pair(there, found);
            }
        }
        return
        [
            .. found
                .OrderBy(pair => pair.FirstNote, StringComparer.Ordinal)
                .ThenBy(pair => pair.First.FirstLine)
                .ThenBy(pair => pair.SecondNote, StringComparer.Ordinal)
                .ThenBy(pair => pair.Second.FirstLine),
        ];
    }

    /// <summary>The first that says so, beside the first that says each other value.</summary>
    private static void Pair(List<(string Note, Claim Claim)> said, List<Opposed> found)
    {
        var (note, first) = said[0];
        var seen = new List<string> { first.Value };
        foreach (var (otherNote, other) in said.Skip(1))
        {
            if (seen.Exists(value => Agree(value, other.Value)))
                continue;
            seen.Add(other.Value);
            found.Add(new Opposed(note, first, otherNote, other));
        }
    }

    private static int Values(List<(string Note, Claim Claim)> said)
    {
        var seen = new List<string>();
        foreach (var (_, claim) in said)
        {
            if (!seen.Exists(value => Agree(value, claim.Value)))
                seen.Add(claim.Value);
        }
        return seen.Count;
    }

    /// <summary>Equal, or one is the day of the other without its year.</summary>
    private static bool Agree(string value, string other) =>
        value == other
        || value.Length != other.Length
            && (
                value.Length > other.Length
                    ? value.Length == "2024-03-05".Length && value.EndsWith("-" + other, StringComparison.Ordinal)
                    : other.Length == "2024-03-05".Length && other.EndsWith("-" + value, StringComparison.Ordinal)
            );
}
