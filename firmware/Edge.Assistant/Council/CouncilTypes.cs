using Edge.Inference;

namespace Edge.Assistant.Council;

/// <summary>A place at the table: a model that can be opened when it is its turn.</summary>
/// <param name="Place">Where it comes from, for people: "slot A", or its file.</param>
/// <param name="Open">Throws what the engines throw.</param>
/// <param name="Close">Gives back what Open gave; true at the end, false where another model needs its memory.</param>
public sealed record CouncilSeat(string Place, Func<ILanguageModel> Open, Action<ILanguageModel, bool> Close)
{
    /// <summary>The council goes on without it where it does not open, and says so. Not for a model that was asked for by
    /// name: there the failure is the answer.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>A model that is opened for the council alone.</summary>
    public static CouncilSeat Of(string place, Func<ILanguageModel> open) =>
        new(place, open, (model, _) => model.Dispose());
}

/// <summary>One answer on the table.</summary>
/// <param name="Model">Who gave it, or <see cref="NoteAssistant.Quoted"/>.</param>
/// <param name="Answer">What it said; <see cref="Writing.TaskPrompt.Refusal"/> where it found no answer.</param>
/// <param name="Scores">By each model's name: mean log probability of a token of the answer, after the question and the
/// passages, nats. Empty for one that found no answer.</param>
public sealed record CouncilVoice(string Model, string Answer, IReadOnlyDictionary<string, double> Scores)
{
    /// <summary>Over all models; null where none judged it.</summary>
    public double? Mean => Scores.Count == 0 ? null : Scores.Values.Average();
}

/// <param name="Text">The answer that is best supported, or the sentence that says the notes do not say.</param>
/// <param name="WrittenBy">Whose answer it is.</param>
/// <param name="Voices">All answers, the best supported first; none where the answer was looked up or refused.</param>
/// <param name="Remark">Why there was no council to speak of, and who could not take part; null where all did.</param>
/// <param name="Ms">Time to the complete answer, milliseconds.</param>
public sealed record CouncilAnswer(
    string Text,
    bool Refused,
    IReadOnlyList<Citation> Citations,
    string WrittenBy,
    IReadOnlyList<CouncilVoice> Voices,
    string? Remark,
    double Ms
);

/// <summary>How far the council is.</summary>
/// <param name="Stage">For people: "pocket answers".</param>
public readonly record struct CouncilStep(string Stage, int Done, int Total);
