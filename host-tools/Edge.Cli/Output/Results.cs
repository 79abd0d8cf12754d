using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Link.Messages;
using Edge.Training.Lab;
using Edge.Training.Personal;
using Edge.Training.Tokenizing;

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

internal sealed record CitationResult(string Note, int FirstLine, int LastLine, string Quote)
{
    public static IReadOnlyList<CitationResult> From(IReadOnlyList<Citation> citations) =>
        [.. citations.Select(c => new CitationResult(c.Note, c.FirstLine, c.LastLine, c.Quote))];
}

/// <summary>A line that hides something from its reader.</summary>
/// <param name="Note">"" for text that is no note.</param>
internal sealed record HiddenResult(string Note, int Line, string Kind);

internal sealed record SourceResult(int FirstLine, int LastLine);

internal sealed record AskResult(
    string Answer,
    bool Refused,
    IReadOnlyList<CitationResult> Citations,
    double Confidence,
    double Ms,
    IReadOnlyList<HiddenResult> Hidden
)
{
    public static AskResult From(AskReply answer) =>
        new(
            answer.Answer,
            answer.Refused,
            CitationResult.From(answer.Citations),
            answer.Confidence,
            answer.Ms,
            HiddenReport.Results(answer.Hidden)
        );
}

/// <summary>One answer of edge chat.</summary>
/// <param name="Question">As it was asked, with what it leaned on.</param>
internal sealed record ChatResult(
    string Question,
    string Answer,
    bool Refused,
    IReadOnlyList<CitationResult> Citations,
    double Confidence,
    double Ms
)
{
    public static ChatResult From(string question, AskReply reply)
    {
        var answer = AskResult.From(reply);
        return new(question, answer.Answer, answer.Refused, answer.Citations, answer.Confidence, answer.Ms);
    }
}

/// <param name="Sources">The lines that each sentence comes from, in their order.</param>
internal sealed record SummaryResult(
    string? Note,
    string Headline,
    string Summary,
    string WrittenBy,
    IReadOnlyList<SourceResult> Sources,
    IReadOnlyList<HiddenResult> Hidden
)
{
    public static SummaryResult From(SummaryReply summary) =>
        new(
            summary.Note,
            summary.Headline,
            summary.Text,
            summary.WrittenBy,
            [.. (summary.Sources ?? []).Select(lines => new SourceResult(lines.FirstLine, lines.LastLine))],
            HiddenReport.Results(summary.Hidden)
        );
}

internal sealed record FeedResult(IReadOnlyList<FeedItem> Entries, int Page, int PageSize, int Total);

internal sealed record FeedItem(string Note, string? Date, string Headline, string Summary, string WrittenBy);

internal sealed record CaptureResult(string Note);

/// <summary>Members without a value are left out of the JSON.</summary>
internal sealed record InspectResult(string File, string Format, long Bytes)
{
    public string? Name { get; init; }
    public long? Parameters { get; init; }
    public string? WeightType { get; init; }
    public long? WeightBytes { get; init; }
    public InspectShape? Shape { get; init; }
    public int? VocabSize { get; init; }
    public string? ChatTemplate { get; init; }
    public string? Problem { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<InspectTensor> Tensors { get; init; } = [];
}

/// <param name="Dims">Columns first, as GGUF writes them.</param>
internal sealed record InspectTensor(string Name, string Type, IReadOnlyList<long> Dims, long Bytes);

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

/// <param name="Tokenizer">A tokenizer file that was written beside it.</param>
/// <param name="Notes">What could not be carried over, and why.</param>
internal sealed record ConvertResult(
    string File,
    string SourceFormat,
    string Format,
    string WeightType,
    long Parameters,
    long Bytes,
    string? Tokenizer,
    IReadOnlyList<string> Notes
);

/// <summary>A vocabulary made here; an import knows nothing of a text.</summary>
/// <param name="Listing">The same file for people.</param>
internal sealed record TokenizerResult(string File, string Listing, string Pattern, int VocabSize, int Merges)
{
    public int? BosId { get; init; }
    public int? EosId { get; init; }
    public long? TextBytes { get; init; }
    public long? Documents { get; init; }
    public long? Words { get; init; }
    public int? DistinctWords { get; init; }
    public double? CountingMs { get; init; }
    public double? MergingMs { get; init; }

    public static TokenizerResult Of(string file, string listing, BytePairVocabulary vocabulary) =>
        new(file, listing, vocabulary.PatternName, vocabulary.Count, vocabulary.Merges)
        {
            BosId = vocabulary.BosId,
            EosId = vocabulary.EosId,
        };
}

/// <summary>One question of edge eval answers.</summary>
/// <param name="Cited">"note:first-last".</param>
/// <param name="Rank">Place of the gold note among the retrieved, from 1; 0 when it is not among them.</param>
internal sealed record EvalItem(
    string Id,
    string Question,
    string? Gold,
    string Answer,
    IReadOnlyList<string> Cited,
    int Rank,
    double Confidence,
    bool Refused,
    bool Correct,
    bool Invented,
    string? Why,
    double Ms
);

internal sealed record EvalAnswersResult(
    double RetrievalTop1,
    double RetrievalTop3,
    double AnswerCorrect,
    double UnanswerableRefused,
    double AnswerableRefused,
    double InventedRate,
    double MedianMs,
    IReadOnlyList<EvalItem> Items
);

/// <summary>A line of --predictions.</summary>
internal sealed record Prediction(string Id, [property: JsonPropertyName("prediction")] string Text, bool Refused);

internal sealed record DevicesResult(IReadOnlyList<DeviceItem> Devices);

/// <param name="Link">What --device takes.</param>
/// <param name="Kind">"usb", "simulated", or "serial": a port that may be something else.</param>
internal sealed record DeviceItem(string Link, string Kind);

internal sealed record StatusResult(
    string Link,
    string Id,
    string Name,
    string Version,
    string? Model,
    string? Slot,
    string? ModelProblem,
    string? WhyQuoted,
    int Notes,
    int Passages,
    long FreeBytes,
    long UptimeSeconds,
    string? BusyWith
);

internal sealed record SlotsResult(IReadOnlyList<SlotReply> Slots);

internal sealed record FlashResult(string Slot, string Model, long Bytes, string SelfTest, double Ms);

/// <param name="ToDevice">Notes copied, or in a dry run to be copied, to the device.</param>
/// <param name="KeptBoth">Edited on both sides: both texts are on both sides now.</param>
/// <param name="Gone">Removed on one side, unchanged on the other: left as they are.</param>
internal sealed record SyncResult(
    bool DryRun,
    int ToDevice,
    int ToFolder,
    int KeptBoth,
    int Gone,
    int Unchanged,
    long Bytes,
    double Ms,
    IReadOnlyList<SyncItem> Steps,
    IReadOnlyList<string> Problems
);

/// <param name="Action">"to_device", "to_folder", "keep_both", "gone_here", "gone_there".</param>
internal sealed record SyncItem(string Action, string Note, string? Conflict);

[JsonSerializable(typeof(LogitsResult))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(AskResult))]
[JsonSerializable(typeof(SidesResult))]
[JsonSerializable(typeof(CouncilResult))]
[JsonSerializable(typeof(ChatResult))]
[JsonSerializable(typeof(SummaryResult))]
[JsonSerializable(typeof(FeedResult))]
[JsonSerializable(typeof(CaptureResult))]
[JsonSerializable(typeof(InspectResult))]
[JsonSerializable(typeof(ConvertResult))]
[JsonSerializable(typeof(TokenizerResult))]
[JsonSerializable(typeof(TrainResult))]
[JsonSerializable(typeof(List<TrainBenchRow>))]
[JsonSerializable(typeof(TrainReportResult))]
[JsonSerializable(typeof(LabResult))]
[JsonSerializable(typeof(PersonalReport))]
[JsonSerializable(typeof(EvalAnswersResult))]
[JsonSerializable(typeof(Prediction))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(EvalTextResult))]
[JsonSerializable(typeof(EvalQaResult))]
[JsonSerializable(typeof(EvalSummariesResult))]
[JsonSerializable(typeof(DevicesResult))]
[JsonSerializable(typeof(StatusResult))]
[JsonSerializable(typeof(SlotsResult))]
[JsonSerializable(typeof(FlashResult))]
[JsonSerializable(typeof(SyncResult))]
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
