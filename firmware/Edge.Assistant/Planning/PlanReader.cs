using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Assistant.Planning;

/// <summary>
/// Recognises what code can answer exactly. Every word of the question must have its place, either in a filter or in
/// one of the frames below: a question with one word more is about what the notes say and is left to retrieval.
/// </summary>
internal static partial class PlanReader
{
    /// <summary>Longer questions are about content.</summary>
    private const int WordsMax = 32;

    public static Plan? Read(IReadOnlyList<PlanWord> words, DateOnly today)
    {
        if (words.Count is 0 or > WordsMax)
            return null;
        if (OfToDos(FilterReader.Read(words, today, dueByDefault: true)) is { } toDos)
        {
            // "Done last week" is about when it was done, not when it was due.
            if (toDos.State != ToDoState.Done)
                return toDos;
            return OfToDos(FilterReader.Read(words, today, dueByDefault: false));
        }
        var read = FilterReader.Read(words, today, dueByDefault: false);
        return OfLastTime(read) ?? OfChanges(read) ?? OfNames(read) ?? OfNewest(read) ?? OfNotes(read);
    }

    private const string Show = @"(?:(?:please |can you |could you )?(?:show|list|give|find|get|display)(?: me)? )?";
    private const string ToDo = @"(?:to-?dos?|todo'?s|to do'?s|to-?do items?|to do items?|tasks?)";
    private const string Wrote =
        @"(?:write|wrote|written|take|took|taken|make|made|add|added|create|created|capture|captured|record|recorded|keep|kept|jot down|jotted down|note|noted)";
    private const string State =
        @"(?:open|unfinished|outstanding|undone|incomplete|pending|remaining|not done|done|finished|completed|complete|closed|ticked off|checked off|overdue|late)";

    [GeneratedRegex(
        $"^(?:{Show}|(?:what|which) (?:are|is) )(?:all )?(?:of )?(?:the |my |our )?(?<state>{State} )?{ToDo}(?: (?:list|items?))?(?: (?:that |which )?(?:are |is )?(?:still )?(?<after>{State}|due|left)| (?:that |which )?(?:are|is))?$"
    )]
    private static partial Regex ToDoList();

    [GeneratedRegex(
        $"^(?<how>how many|which|what|number of|count(?: (?:all|the|my|of))*) (?<state>{State} )?{ToDo}(?: (?:are there|are|do i (?:still )?have|do we (?:still )?have|i have|have i|did i|have been|were|are still|still))?(?: (?<after>{State}|due|left|finish|complete|do|to do))?$"
    )]
    private static partial Regex ToDoQuestion();

    [GeneratedRegex(
        @"^(?:what (?:do i|do we|have i|must i) (?:still )?(?:have to do|need to do|left to do|got to do|do)|what should (?:i|we) (?:still )?do|what(?:'s| is) (?:still )?(?:left )?to do|what(?:'s| is| are) (?:still )?(?<after>overdue|due|outstanding|unfinished)|(?:is |what(?:'s| is) )?(?:anything |something )?(?<after>overdue|due)|what did (?:i|we) (?:finish|complete|get done|tick off|check off)|what have (?:i|we) (?:finished|completed|done|ticked off))$"
    )]
    private static partial Regex ToDoGuess();

    private static Plan? OfToDos(FilteredQuestion read)
    {
        var isGuess = read.Frame.Contains("task", StringComparison.Ordinal);
        if (ToDoList().Match(read.Frame) is { Success: true } list)
            return WithState(new Plan(PlanKind.ListToDos, read.Filter) { IsGuess = isGuess }, list);
        if (ToDoQuestion().Match(read.Frame) is { Success: true } question)
        {
            var counts = question.Groups["how"].Value is not ("which" or "what");
            var kind = counts ? PlanKind.CountToDos : PlanKind.ListToDos;
            return WithState(new Plan(kind, read.Filter) { IsGuess = isGuess }, question);
        }
        if (read.Filter.SaysDue && DueAlone().IsMatch(read.Frame))
            return new Plan(PlanKind.ListToDos, read.Filter)
            {
                State = ToDoState.Open,
                IsGuess = true,
                IsDueOnly = true,
            };
        if (ToDoGuess().Match(read.Frame) is not { Success: true } guess)
            return null;
        // "What do I do" needs a day to be about to-dos.
        if (read.Filter.IsEmpty && IsDo().IsMatch(read.Frame))
            return null;
        var did = read.Frame.StartsWith("what did", StringComparison.Ordinal);
        var have = FinishedForms().IsMatch(read.Frame);
        var plan = WithState(new Plan(PlanKind.ListToDos, read.Filter) { IsGuess = true }, guess);
        if (did || have)
            return read.Filter is { Dates: null, Due: null } ? null : plan with { State = ToDoState.Done };
        return plan with { State = ToDoState.Open };
    }

    [GeneratedRegex("(?:i|we)(?: still)? do$")]
    private static partial Regex IsDo();

    /// <summary>What is left of "what is due this week?".</summary>
    [GeneratedRegex("^(?:what(?:'s| is| are)?|is anything|is something|anything|)$")]
    private static partial Regex DueAlone();

    [GeneratedRegex("^what have (?:i|we) (?:finished|completed|done|ticked off)$")]
    private static partial Regex FinishedForms();

    private static Plan WithState(Plan plan, Match match)
    {
        var words = $"{match.Groups["state"].Value} {match.Groups["after"].Value}".Trim();
        return words switch
        {
            "" => plan.Filter.Due is null ? plan : plan with { State = ToDoState.Open },
            "overdue" or "late" => plan with { State = ToDoState.Open, IsOverdue = true },
            "due" => plan with { State = ToDoState.Open, HasDue = true },
            _ when DoneWords().IsMatch(words) => plan with { State = ToDoState.Done },
            _ => plan with { State = ToDoState.Open, HasDue = words.EndsWith("due", StringComparison.Ordinal) },
        };
    }

    [GeneratedRegex("^(?:done|finished|completed|complete|closed|ticked off|checked off|finish)(?: due)?$")]
    private static partial Regex DoneWords();

    [GeneratedRegex(
        @"^(?:when (?:did|have) (?:i|we) last (?<x>.+)|when(?:'s| is| was) the last time (?:that )?(?:i|we) (?<x>.+)|(?:what was )?(?:the )?last time (?:that )?(?:i|we) (?<x>.+)|when did (?:i|we) (?<x>.+) (?:last|the last time)|how (?:long|many days) (?:ago did (?:i|we) last|(?:is it |has it been |was it )?since (?:i|we) last|has it been since (?:i|we)) (?<x>.+)|when (?:was|were) (?<x>.+ last \w+))$"
    )]
    private static partial Regex LastTime();

    [GeneratedRegex(
        @"^(?:how many times|how often|on how many days) (?:(?<me>(?:did|have) (?:i|we))|was|were) (?<x>.+)$"
    )]
    private static partial Regex HowOften();

    [GeneratedRegex("^how many (?<x>(?!times |days |notes? )[^ ]+(?: [^ ]+){0,2}) (?:did|have) (?:i|we) (?<y>[^ ]+)$")]
    private static partial Regex HowMany();

    [GeneratedRegex(
        @"^(?:mention|mentioned|write about|wrote about|written about|note|take notes on|talk about)(?: the| my| an?)? (?<x>.+)$"
    )]
    private static partial Regex Mentioned();

    private static Plan? OfLastTime(FilteredQuestion read)
    {
        var match = LastTime().Match(read.Frame);
        var kind = PlanKind.LastTime;
        if (!match.Success && read.Filter.Dates is not null)
            (match, kind) = (HowOften().Match(read.Frame), PlanKind.HowOften);
        var isTimes = match.Groups["me"].Success;
        // "How many loaves did I bake in March" asks for a number that a note may say; "since" asks to go through them.
        if (!match.Success && read.Filter.DatesLead is DateLead.Since or DateLead.After or DateLead.Between)
            match = HowMany().Match(read.Frame);
        if (!match.Success)
            return null;
        var subject = $"{match.Groups["x"].Value} {match.Groups["y"].Value}".Trim();
        if (kind == PlanKind.LastTime)
            subject = LastWord().Replace(subject, " ").Trim();
        var mention = Mentioned().Match(subject);
        return new Plan(kind, read.Filter)
        {
            IsGuess = !isTimes,
            IsMention = mention.Success,
            Subject = mention.Success ? mention.Groups["x"].Value : subject,
        };
    }

    [GeneratedRegex(@"(?:^| )last(?: |$)")]
    private static partial Regex LastWord();

    [GeneratedRegex(
        $"^(?:what(?:'s| has| have|'s been)? changed|what is new|what's new|what (?:has|have) been changed|what did (?:i|we) (?:change|add|edit)|what have (?:i|we) (?:changed|added|edited)|(?:which|what) notes (?:have )?changed|{Show}(?:the |all )?changes)(?: in (?:my|the) (?:notes|vault))?$"
    )]
    private static partial Regex Changes();

    private static Plan? OfChanges(FilteredQuestion read) =>
        read.Filter is { Dates: not null, Due: null } && Changes().IsMatch(read.Frame)
            ? new Plan(PlanKind.Changed, read.Filter)
            : null;

    [GeneratedRegex(
        $"^(?:(?<how>how many|number of) |(?:what|which) |{Show}(?:all )?(?:of )?(?:the |my )?)(?:different |unique )?(?<what>tags|folders)(?: (?:are there|do i have|do i use|have i used|exist|are used))?$"
    )]
    private static partial Regex Names();

    private static Plan? OfNames(FilteredQuestion read)
    {
        if (!read.Filter.IsEmpty || Names().Match(read.Frame) is not { Success: true } match)
            return null;
        var counts = match.Groups["how"].Success;
        return match.Groups["what"].Value == "tags"
            ? new Plan(counts ? PlanKind.CountTags : PlanKind.ListTags, read.Filter)
            : new Plan(counts ? PlanKind.CountFolders : PlanKind.ListFolders, read.Filter);
    }

    [GeneratedRegex(
        $"^(?:{Show}|what (?:is|are|was|were) |what's )(?:the |my )?(?:(?<new>latest|newest|most recent|last|recent)|(?<old>oldest|earliest|first))(?: (?<n>\\d{{1,3}}))? notes?(?: (?:that )?i(?: have|'ve)? {Wrote})?$"
    )]
    private static partial Regex Newest();

    private static Plan? OfNewest(FilteredQuestion read)
    {
        if (
            Newest().Match(read.Frame) is not { Success: true } match
            || read.Filter is { Dates: not null } or { Due: not null }
        )
            return null;
        var count =
            match.Groups["n"].Success ? int.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture)
            : read.Frame.Contains("notes", StringComparison.Ordinal) ? 0
            : 1;
        return new Plan(match.Groups["old"].Success ? PlanKind.OldestNotes : PlanKind.NewestNotes, read.Filter)
        {
            Count = count,
        };
    }

    private const string Tail =
        @"(?: (?:are there|there are|do i have|do we have|have i|have we|i have|we have|i've|did i|did we|i|we|that i|are|is|were|was|that are|that were|which are|have been|exist|are there that|do|that|which))*";

    /// <summary>"About" and "mention" ask for words; a few of them, so that no second question hides in there.</summary>
    private const string Mentioning =
        @"(?: (?:that |which )?(?:mention|mentions|mentioning|contain|contains|containing|about|with the words?|have the words?) (?:the |my |an? )?(?<x>[^ ]+(?: [^ ]+){0,3}))?";

    [GeneratedRegex(
        $"^(?:(?<how>how many|(?:what is |what's )?(?:the )?(?:number|count|total number) of|count) |(?:what|which) |(?:do (?:i|we) have|have i got|are there|did i (?:write|take|make)) (?:any |some )?|{Show})(?:all |of |the |my |our )*(?:(?<kind>[^ ]+) )?notes?{Tail}(?: {Wrote})?{Mentioning}$"
    )]
    private static partial Regex Notes();

    [GeneratedRegex(
        $"^(?:what (?:did|have) (?:i|we) (?:{Wrote})|what (?:i|we) (?:{Wrote})|did (?:i|we) (?:{Wrote}) (?:anything|something)|{Show}(?:everything|anything)(?: (?:that )?(?:i|we) {Wrote})?){Mentioning}$"
    )]
    private static partial Regex Wrotes();

    [GeneratedRegex(
        @"^(?:what happened|what did (?:i|we) do|what (?:was|were) (?:i|we) doing|what went on|what have (?:i|we) been (?:up to|doing)|what was going on|what was (?:discussed|written|noted|recorded|captured)|what(?:'s| is)(?: there)?|what do i have|)$"
    )]
    private static partial Regex Bare();

    [GeneratedRegex(
        @"(?:^| )(?:that|which|who|what|when|where|why|how|is|are|was|were|do|does|did|has|have|i|we|you|to|if|than|not)(?: |$)"
    )]
    private static partial Regex Clause();

    [GeneratedRegex("^(?:please |can you |could you )?(?:show|list|give|find|get|display) ")]
    private static partial Regex Showing();

    private static Plan? OfNotes(FilteredQuestion read)
    {
        if (read.Filter.Due is not null)
            return null;
        var match = Notes().Match(read.Frame);
        var isNotes = match.Success;
        if (!isNotes)
            match = Wrotes().Match(read.Frame);
        if (match.Success)
        {
            var mentions = match.Groups["x"].Value;
            if (Clause().IsMatch(mentions))
                return null;
            var filter = read.Filter with { Mentions = mentions };
            var counts = match.Groups["how"].Success;
            var kind = match.Groups["kind"].Value;
            if (filter.IsEmpty && kind.Length == 0 && !counts && !Showing().IsMatch(read.Frame))
                return null;
            // What was written about a thing is what the notes say of it, unless a day or a place is named.
            if (!isNotes && read.Filter.IsEmpty)
                return null;
            return new Plan(counts ? PlanKind.CountNotes : PlanKind.ListNotes, filter)
            {
                IsGuess = mentions.Length > 0 || kind.Length > 0,
                Qualifier = kind,
            };
        }
        return read.Filter.IsEmpty || !Bare().IsMatch(read.Frame)
            ? null
            : new Plan(PlanKind.ListNotes, read.Filter) { IsGuess = true };
    }
}
