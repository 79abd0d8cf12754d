using Edge.Link.Messages;

namespace Edge.Cli.Output;

/// <summary>edge ask --both-sides.</summary>
internal sealed record SidesResult(
    string Claim,
    IReadOnlyList<CitationResult> For,
    IReadOnlyList<CitationResult> Against,
    double Ms
)
{
    public static SidesResult From(SidesReply sides) =>
        new(sides.Claim, CitationResult.From(sides.For), CitationResult.From(sides.Against), sides.Ms);
}

/// <summary>edge ask --council.</summary>
/// <param name="Council">All answers, the best supported first.</param>
internal sealed record CouncilResult(
    string Answer,
    bool Refused,
    IReadOnlyList<CitationResult> Citations,
    IReadOnlyList<CouncilItem> Council,
    double Ms
)
{
    public static CouncilResult From(CouncilReply reply) =>
        new(
            reply.Answer,
            reply.Refused,
            CitationResult.From(reply.Citations),
            [.. reply.Voices.Select(voice => new CouncilItem(voice.Model, voice.Answer, voice.Scores))],
            reply.Ms
        );
}

/// <param name="Model">Who answered, or "quoted".</param>
/// <param name="Scores">By each model's name: mean log probability of a token of the answer, nats.</param>
internal sealed record CouncilItem(string Model, string Answer, IReadOnlyDictionary<string, double> Scores);
