using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Link.Messages;

/// <param name="Name">"model", then "tokenizer" and "fallback" where there are any.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record FlashFile(string Name, long Bytes, string Sha256);

/// <summary>Then the bytes of each file in this order, in chunks, without anything between.</summary>
/// <param name="ProbeTokens">Tokens for the device's self-test, 1 to 64.</param>
/// <param name="ProbeLogits">The host's logits after the last of them, (vocab), or empty; 131,072 at most, so that the
/// message stays under 1 MiB.</param>
public sealed record FlashRequest(
    string ModelName,
    IReadOnlyList<FlashFile> Files,
    IReadOnlyList<int> ProbeTokens,
    [property: JsonConverter(typeof(FloatsAsBase64))] IReadOnlyList<float> ProbeLogits
);

/// <summary>The model is in the slot, was read back and tested, and is active.</summary>
/// <param name="Slot">"a" or "b".</param>
/// <param name="SelfTest">What the self-test found, for people.</param>
public sealed record FlashReply(string Slot, string ModelName, string SelfTest);

/// <summary>Little-endian 32-bit floats in base64: exact, and half as long as digits.</summary>
public sealed class FloatsAsBase64 : JsonConverter<IReadOnlyList<float>>
{
    public override IReadOnlyList<float> Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        var bytes = reader.GetBytesFromBase64();
        return bytes.Length % sizeof(float) == 0
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : throw new JsonException($"{bytes.Length} bytes are no whole number of 32-bit floats");
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<float> value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value.ToArray().AsSpan()));
}
