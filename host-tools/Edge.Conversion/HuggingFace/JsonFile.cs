using System.Text;
using System.Text.Json;
using Edge.Inference;

namespace Edge.Conversion.HuggingFace;

/// <summary>A JSON document from an untrusted file. Every read says what is wrong, and in which file.</summary>
internal sealed class JsonFile : IDisposable
{
    private readonly string name;
    private readonly JsonDocument document;

    private JsonFile(string name, JsonDocument document)
    {
        this.name = name;
        this.document = document;
    }

    public JsonPart Root => new(this, document.RootElement, "");

    /// <exception cref="ModelFormatException">It is too long, or not JSON.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JsonFile Open(string path, int bytesMax)
    {
        using var file = MappedFile.Open(path);
        if (file.Length > bytesMax)
            throw file.Bad($"has {file.Length:N0} bytes; at most {bytesMax:N0} are read.");
        return Parse(file.Name, file.Span(0, (int)file.Length).ToArray());
    }

    /// <exception cref="ModelFormatException">The text is not JSON.</exception>
    public static JsonFile Parse(string name, byte[] utf8)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return new JsonFile(name, JsonDocument.Parse(utf8, options));
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException($"{name}: is not JSON: {Printable.Show(exception.Message, 200)}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or DecoderFallbackException)
        {
            // Names are unescaped to see whether one is there twice.
            throw new ModelFormatException($"{name}: is not JSON: a name in it is not valid text.", exception);
        }
    }

    public ModelFormatException Bad(string message) => new($"{name}: {message}");

    public void Dispose() => document.Dispose();
}

/// <summary>A value in a JSON file, with the way to it for messages ("model.vocab"); "" is the document.</summary>
internal readonly record struct JsonPart(JsonFile File, JsonElement Element, string Where)
{
    public JsonValueKind Kind => Element.ValueKind;

    private string Shown => Where.Length == 0 ? "the document" : Where;

    /// <summary>A member of this object; null when it is absent or null.</summary>
    public JsonPart? Find(string name)
    {
        if (Kind != JsonValueKind.Object)
            throw Wrong("an object");
        return Element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? new JsonPart(File, member, Where.Length == 0 ? name : $"{Where}.{name}")
            : null;
    }

    public JsonPart Require(string name) =>
        Find(name) ?? throw File.Bad($"{(Where.Length == 0 ? name : $"{Where}.{name}")} is missing.");

    /// <summary>A whole number from min to max.</summary>
    public int Int(int min, int max)
    {
        if (Kind != JsonValueKind.Number || !Element.TryGetInt64(out var number))
            throw Wrong("a whole number");
        if (number < min || number > max)
            throw File.Bad($"{Shown} must be {min:N0} to {max:N0}, found {number:N0}.");
        return (int)number;
    }

    /// <summary>A finite number above zero.</summary>
    public float Positive()
    {
        if (Kind != JsonValueKind.Number || !Element.TryGetDouble(out var number))
            throw Wrong("a number");
        if (!float.IsFinite((float)number) || (float)number <= 0)
            throw File.Bad($"{Shown} must be a finite number above 0, found {number}.");
        return (float)number;
    }

    public bool Flag() =>
        Kind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong("true or false"),
        };

    public string Text()
    {
        if (Kind != JsonValueKind.String)
            throw Wrong("a text");
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw NotText(exception);
        }
    }

    /// <summary>The elements of an array.</summary>
    public IEnumerable<JsonPart> Items()
    {
        if (Kind != JsonValueKind.Array)
            throw Wrong("an array");
        var index = 0;
        foreach (var item in Element.EnumerateArray())
            yield return new JsonPart(File, item, $"{Where}[{index++}]");
    }

    public int Count() => Kind == JsonValueKind.Array ? Element.GetArrayLength() : throw Wrong("an array");

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, JsonPart Value)> Members()
    {
        if (Kind != JsonValueKind.Object)
            throw Wrong("an object");
        foreach (var member in Element.EnumerateObject())
        {
            var name = NameOf(member);
            yield return (name, new JsonPart(File, member.Value, $"{Where}[\"{Printable.Show(name, 60)}\"]"));
        }
    }

    public ModelFormatException Bad(string trouble) => File.Bad($"{Shown} {trouble}");

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw NotText(exception);
        }
    }

    private ModelFormatException NotText(Exception exception) =>
        new(File.Bad($"{Shown} is not valid text.").Message, exception);

    private ModelFormatException Wrong(string expected) =>
        File.Bad(
            $"{Shown} must be {expected}, found {(Kind == JsonValueKind.Undefined ? "nothing" : Kind.ToString().ToLowerInvariant())}."
        );
}
