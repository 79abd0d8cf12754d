using Edge.Assistant.Asking;
using Edge.Assistant.Text;
using Edge.Assistant.Wiki;

namespace Edge.Assistant.Sides;

/// <param name="Value">Canonical.</param>
internal readonly record struct ValueFound(NoteView Note, Claim Claim, string Value, bool Agrees);

/// <summary>Statements with the claim's subject and a number or date: the claim's own, or another.</summary>
internal sealed class ValueReader
{
    /// <summary>Distinct values from which on a subject that one word names is a property of many things, not a dispute.</summary>
    private const int ValuesMax = 2;

    private readonly ClaimToken value;
    private readonly HashSet<string> subject;

    public ValueReader(StanceClaim claim)
    {
        value = claim.Value ?? throw new ArgumentException("the claim has no value", nameof(claim));
        subject = [.. claim.Terms.Select(term => term.Stems[0]).Where(stem => stem[0] != '#')];
        if (value.Unit.Length > 0)
            subject.Add(StanceToken.StemOf(value.Unit));
        subject.Add(MarkOf(value.Kind));
    }

    public IEnumerable<ValueFound> In(NoteView note)
    {
        foreach (var claim in ClaimReader.Of(note.Units))
        {
            if (claim.Kind == ClaimKind.YesNo || (claim.Kind == ClaimKind.Number) != (value.Kind == ValueKind.Number))
                continue;
            var said = claim
                .Subject.Split(' ')
                .Where(part => part.Length > 0 && !Words.IsStopWord(part) && !ClaimWords.Auxiliaries.Contains(part))
                .ToHashSet(StringComparer.Ordinal);
            if (
                said.Count > 1
                && said.IsSubsetOf(subject)
                && subject.Except(said).All(part => IsAbove(note, claim, part))
            )
                yield return new ValueFound(note, claim, claim.Value, Agree(claim.Value, value.Value));
        }
    }

    /// <summary>None where the subject has so many values that it is not one thing.</summary>
    public static IReadOnlyList<ValueFound> Disputed(IReadOnlyList<ValueFound> found) =>
        found.Select(one => one.Value).Distinct(StringComparer.Ordinal).Skip(ValuesMax).Any()
            ? [.. found.Where(one => one.Agrees)]
            : found;

    private static bool IsAbove(NoteView note, Claim claim, string part) =>
        part[0] != '#' && (note.Names(part) || note.HeadingStems(claim.Place).Contains(part));

    private static string MarkOf(ValueKind kind) =>
        kind switch
        {
            ValueKind.Weekday => "#weekday",
            ValueKind.Time => "#time",
            ValueKind.Date => "#date",
            _ => "#",
        };

    /// <summary>Equal, or one is the day of the other without its year.</summary>
    private static bool Agree(string one, string other) =>
        one == other
        || one.EndsWith("-" + other, StringComparison.Ordinal) && other.Length == "03-05".Length
        || other.EndsWith("-" + one, StringComparison.Ordinal) && one.Length == "03-05".Length;
}
