using Edge.Assistant.Writing;

namespace Edge.Assistant.Council;

/// <summary>
/// Several models answer one question from the same passages and judge each other's answers, and the one that all of them
/// together find likeliest is given. The quoted answer of retrieval stands for election, too.
/// </summary>
public sealed class ModelCouncil(NoteAssistant assistant, TimeProvider clock)
{
    /// <summary>Models in one council: 8.</summary>
    public const int SeatsMax = 8;

    /// <param name="seats">Empty: the answer is quoted. Each is closed before this returns.</param>
    /// <param name="onText">Gets the answer when it is known; what it got, joined, is the answer's text.</param>
    /// <exception cref="ArgumentException">The question is empty or too long, or there are too many seats.</exception>
    /// <exception cref="InsufficientMemoryException">A model does not fit, even alone, and may not be missing.</exception>
    public CouncilAnswer Ask(
        string question,
        IReadOnlyList<CouncilSeat> seats,
        Action<string>? onText = null,
        IProgress<CouncilStep>? progress = null,
        CancellationToken cancellation = default
    )
    {
        NoteAssistant.CheckQuestion(question);
        if (seats.Count > SeatsMax)
            throw new ArgumentException($"a council has at most {SeatsMax} models, got {seats.Count}");
        var started = clock.GetTimestamp();
        var answer = Answer(question, seats, progress, cancellation);
        onText?.Invoke(answer.Text);
        return answer with { Ms = clock.GetElapsedTime(started).TotalMilliseconds };
    }

    private CouncilAnswer Answer(
        string question,
        IReadOnlyList<CouncilSeat> seats,
        IProgress<CouncilStep>? progress,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        var quoted = assistant.AskQuoted(question, out var isLookedUp, cancellation);
        if (isLookedUp || quoted.Refused)
        {
            var why = isLookedUp
                ? "This was looked up in the notes and is exact: no model was asked."
                : "No passage answers this: no model was asked.";
            return new CouncilAnswer(quoted.Text, quoted.Refused, quoted.Citations, NoteAssistant.Quoted, [], why, 0);
        }
        using var table = new CouncilTable(seats);
        var passages = quoted.Citations.Select(citation => citation.Quote).ToList();
        var hearing = new Hearing(table, question, passages, quoted.Text, progress, cancellation);
        var voices = hearing.Voices();
        var best = voices[0];
        return new CouncilAnswer(best.Answer, false, quoted.Citations, best.Model, voices, RemarkOn(seats, table), 0);
    }

    private static string? RemarkOn(IReadOnlyList<CouncilSeat> seats, CouncilTable table)
    {
        var present = table.Present.ToList();
        var remarks = table.Missing.Select(gone => $"{seats[gone.Key].Place} took no part: {gone.Value}").ToList();
        if (present.Count == 0)
            remarks.Add("There is no model, so there is no council: the answer is quoted from the notes.");
        else if (present.Count == 1)
            remarks.Add(
                $"There is only one model, {table.Name(present[0])}: it and the quoted answer are all that was compared."
            );
        return remarks.Count == 0 ? null : string.Join('\n', remarks);
    }

    /// <summary>One question before the table: a round of answers, then a round of judging.</summary>
    private sealed class Hearing(
        CouncilTable table,
        string question,
        IReadOnlyList<string> passages,
        string quoted,
        IProgress<CouncilStep>? progress,
        CancellationToken cancellation
    )
    {
        private int done;

        /// <summary>The best supported first; the quoted answer before others that are as good.</summary>
        public List<CouncilVoice> Voices()
        {
            var answers = new string?[table.Count];
            for (var seat = 0; seat < table.Count; seat++)
            {
                var model = table.Take(seat);
                Report($"{table.Name(seat)} answers");
                if (model is null)
                    continue;
                var said = CouncilMember.Answer(model, question, passages, cancellation);
                // What is quoted around the best place may be anything: an answer has to do with it or with the question.
                answers[seat] =
                    said is not null && Grounding.Concerns(said, question + "\n" + quoted) ? said.Trim() : null;
            }
            List<string> distinct = [.. answers.OfType<string>().Prepend(quoted).Distinct(StringComparer.Ordinal)];
            var scores = Judge(distinct);
            var voices = new List<CouncilVoice> { new(NoteAssistant.Quoted, quoted, scores[quoted]) };
            foreach (var seat in table.Present)
                voices.Add(
                    answers[seat] is { } answer
                        ? new CouncilVoice(table.Name(seat), answer, scores[answer])
                        : new CouncilVoice(table.Name(seat), TaskPrompt.Refusal, new Dictionary<string, double>())
                );
            return [.. voices.OrderByDescending(voice => voice.Mean ?? Unjudged(voice))];
        }

        /// <summary>Where no model could judge, the quoted answer stands.</summary>
        private static double Unjudged(CouncilVoice voice) =>
            voice.Model == NoteAssistant.Quoted ? double.MinValue : double.NegativeInfinity;

        private Dictionary<string, Dictionary<string, double>> Judge(List<string> answers)
        {
            var scores = answers.ToDictionary(
                answer => answer,
                _ => new Dictionary<string, double>(StringComparer.Ordinal),
                StringComparer.Ordinal
            );
            // From the last that answered to the first: where memory holds one model only, the last is still open.
            for (var seat = table.Count - 1; seat >= 0; seat--)
            {
                var model = table.Take(seat);
                Report($"{table.Name(seat)} judges");
                if (model is null)
                    continue;
                if (CouncilMember.Score(model, question, passages, answers, cancellation) is not { } given)
                    continue;
                for (var i = 0; i < answers.Count; i++)
                {
                    if (double.IsFinite(given[i]))
                        scores[answers[i]][table.Name(seat)] = given[i];
                }
            }
            return scores;
        }

        private void Report(string stage)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new CouncilStep(stage, done++, 2 * table.Count));
        }
    }
}
