using System.Text.Json.Serialization;

namespace Edge.Link.Messages;

/// <summary>How messages are written: camelCase, members without a value left out, unknown members skipped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false
)]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(SlotsReply))]
[JsonSerializable(typeof(FlashRequest))]
[JsonSerializable(typeof(DeviceEvent))]
[JsonSerializable(typeof(SyncListRequest))]
[JsonSerializable(typeof(SyncListBatch))]
[JsonSerializable(typeof(SyncPut))]
[JsonSerializable(typeof(SyncAck))]
[JsonSerializable(typeof(SyncGet))]
[JsonSerializable(typeof(SyncFile))]
[JsonSerializable(typeof(SyncCommitRequest))]
[JsonSerializable(typeof(SyncCommitted))]
[JsonSerializable(typeof(AskRequest))]
[JsonSerializable(typeof(SummarizeRequest))]
[JsonSerializable(typeof(CaptureRequest))]
[JsonSerializable(typeof(CaptureReply))]
[JsonSerializable(typeof(FeedRequest))]
[JsonSerializable(typeof(FeedReply))]
[JsonSerializable(typeof(ScreenReply))]
public sealed partial class LinkJson : JsonSerializerContext;
