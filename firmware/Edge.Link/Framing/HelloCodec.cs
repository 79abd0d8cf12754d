using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Link.Framing;

/// <summary>
/// The payload of Hello and HelloReply: JSON, 1 KiB at most. Members are only ever added; unknown ones are skipped, so
/// that a version mismatch can be told by name whatever the other version is.
/// </summary>
internal static class HelloCodec
{
    private static readonly SearchValues<char> IdChars = SearchValues.Create("0123456789abcdef");

    /// <exception cref="ArgumentException">Our own hello breaks a limit.</exception>
    public static byte[] Encode(LinkHello hello)
    {
        if (ProblemOf(hello) is { } problem)
            throw new ArgumentException(problem, nameof(hello));
        return JsonSerializer.SerializeToUtf8Bytes(hello, HelloJson.Default.LinkHello);
    }

    /// <summary>The hello, or why the payload is none.</summary>
    public static (LinkHello? Hello, string? Problem) Decode(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > LinkLimits.HelloBytesMax)
            return (null, $"a hello of {payload.Length} bytes, the limit is {LinkLimits.HelloBytesMax}");
        try
        {
            var hello = JsonSerializer.Deserialize(payload, HelloJson.Default.LinkHello);
            return hello is null ? (null, "an empty hello")
                : ProblemOf(hello) is { } problem ? (null, problem)
                : (hello, null);
        }
        catch (JsonException wrong)
        {
            return (null, $"a hello that cannot be read: {wrong.Message}");
        }
    }

    private static string? ProblemOf(LinkHello hello)
    {
        if (hello.Version < 1)
            return $"hello: version must be 1 or more, got {hello.Version}";
        if (
            hello.Id is null
            || hello.Id.Length is < LinkLimits.IdCharsMin or > LinkLimits.IdCharsMax
            || hello.Id.AsSpan().ContainsAnyExcept(IdChars)
        )
            return $"hello: id must be {LinkLimits.IdCharsMin} to {LinkLimits.IdCharsMax} lower-case hexadecimal characters, got '{hello.Id}'";
        if (hello.Name is null || hello.Name.Length is 0 or > LinkLimits.NameCharsMax)
            return $"hello: name must have 1 to {LinkLimits.NameCharsMax} characters, got {hello.Name?.Length ?? 0}";
        if (hello.UtcTicks < 0 || hello.UtcTicks > DateTime.MaxValue.Ticks)
            return $"hello: clock {hello.UtcTicks} is no date";
        if (Math.Abs((long)hello.OffsetMinutes) > LinkLimits.OffsetMinutesMax)
            return $"hello: offset from UTC must be within {LinkLimits.OffsetMinutesMax} minutes, got {hello.OffsetMinutes}";
        return null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LinkHello))]
internal sealed partial class HelloJson : JsonSerializerContext;
