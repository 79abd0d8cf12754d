using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Link.Messages;

namespace Edge.Cli.Output;

internal sealed record LogitsResult(IReadOnlyList<float[]> Logits);

internal sealed record TokenizeResult(IReadOnlyList<int> Ids, IReadOnlyList<string> Pieces);

internal sealed record RunResult(
    string Text,
    IReadOnlyList<int> Tokens,
    string Finish,
    double PrefillMs,
    double DecodeMs
);

internal sealed record CitationResult(string Note, int FirstLine, int LastLine, string Quote);

internal sealed record AskResult(
    string Answer,
    bool Refused,
    IReadOnlyList<CitationResult> Citations,
    double Confidence,
    double Ms
)
{
    public static AskResult From(AskReply answer) =>
        new(
            answer.Answer,
            answer.Refused,
            [.. answer.Citations.Select(c => new CitationResult(c.Note, c.FirstLine, c.LastLine, c.Quote))],
            answer.Confidence,
            answer.Ms
        );
}

internal sealed record SummaryResult(string? Note, string Headline, string Summary, string WrittenBy)
{
    public static SummaryResult From(SummaryReply summary) =>
        new(summary.Note, summary.Headline, summary.Text, summary.WrittenBy);
}

internal sealed record FeedResult(IReadOnlyList<FeedItem> Entries, int Page, int PageSize, int Total);

internal sealed record FeedItem(
    string Note,
    string? Date,
    string Headline,
    string Summary,
    string WrittenBy
);

internal sealed record CaptureResult(string Note);

internal sealed record InspectResult(
    string File,
    string Format,
    string? Name,
    long Bytes,
    long? Parameters,
    string? WeightType,
    InspectShape? Shape,
    int? VocabSize,
    string? ChatTemplate,
    IReadOnlyDictionary<string, string> Metadata
);

internal sealed record InspectShape(
    int Dim,
    int HiddenDim,
    int Layers,
    int Heads,
    int KvHeads,
    int HeadDim,
    int ContextLength,
    float RopeTheta,
    bool TiedOutput
);

[JsonSerializable(typeof(LogitsResult))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(AskResult))]
[JsonSerializable(typeof(SummaryResult))]
[JsonSerializable(typeof(FeedResult))]
[JsonSerializable(typeof(CaptureResult))]
[JsonSerializable(typeof(InspectResult))]
internal sealed partial class ResultsJson : JsonSerializerContext;

/// <summary>Field names are the contract of the command line: lower case with underscores.</summary>
internal static class Json
{
    /// <summary>Text in any script stands as it is, not as \u escapes.</summary>
    public static ResultsJson Types { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
