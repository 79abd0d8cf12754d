using System.Collections;

namespace Edge.Inference.Gguf;

/// <summary>The key-value pairs of a GGUF file in the order of the file, and reads of them that refuse the wrong type.</summary>
public sealed class GgufMetadata : IEnumerable<KeyValuePair<string, GgufValue>>
{
    private readonly MappedFile file;
    private readonly List<KeyValuePair<string, GgufValue>> ordered = [];
    private readonly Dictionary<string, GgufValue> byKey = new(StringComparer.Ordinal);

    internal GgufMetadata(MappedFile file) => this.file = file;

    public int Count => ordered.Count;

    /// <summary>Null when the file does not have the key.</summary>
    public GgufValue? Find(string key) => byKey.GetValueOrDefault(key);

    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => ordered.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>False when the key is there already.</summary>
    internal bool TryAdd(string key, GgufValue value)
    {
        if (!byKey.TryAdd(key, value))
            return false;
        ordered.Add(new(key, value));
        return true;
    }

    /// <summary>An integer from min to max; null when the key is absent.</summary>
    internal int? Int(string key, int min, int max)
    {
        if (Find(key) is not { } value)
            return null;
        if (!value.TryGetInteger(out var number))
            throw Wrong(key, value, "an integer");
        if (number < min || number > max)
            throw file.Bad($"{key} must be {min:N0} to {max:N0}, found {number:N0}. Convert the model again.");
        return (int)number;
    }

    internal int RequireInt(string key, int min, int max) => Int(key, min, max) ?? throw Missing(key);

    /// <summary>A finite number above zero; null when the key is absent.</summary>
    internal float? Positive(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (!value.TryGetNumber(out var number))
            throw Wrong(key, value, "a number");
        if (!float.IsFinite((float)number) || (float)number <= 0)
            throw file.Bad($"{key} must be a finite number above 0, found {number}. Convert the model again.");
        return (float)number;
    }

    internal string? String(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.TryGetString(out var text) ? text : throw Wrong(key, value, "a string");
    }

    internal bool? Bool(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.TryGetBool(out var flag) ? flag : throw Wrong(key, value, "a bool");
    }

    /// <summary>An array of strings; null when the key is absent.</summary>
    internal GgufValue? StringArray(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.Type == GgufValueType.Array && value.ElementType == GgufValueType.String
            ? value
            : throw Wrong(key, value, "an array of strings");
    }

    /// <summary>An array of numbers with exactly <paramref name="count"/> elements; null when the key is absent.</summary>
    internal double[]? NumberArray(string key, int count)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.Type == GgufValueType.Array && value.Count != count)
            throw file.Bad($"{key} must have {count:N0} elements, one for each token, found {value.Count:N0}.");
        return value.Numbers() ?? throw Wrong(key, value, "an array of numbers");
    }

    internal ModelFormatException Missing(string key) =>
        file.Bad($"{key} is missing from the metadata. Convert the model again.");

    private ModelFormatException Wrong(string key, GgufValue value, string expected) =>
        file.Bad($"{key} must be {expected}, found {value.TypeText}. Convert the model again.");
}
