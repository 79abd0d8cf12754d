using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Edge.Training.Recipes;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Recipe))]
internal sealed partial class RecipeJson : JsonSerializerContext;

/// <summary>A recipe's file and its checks.</summary>
internal static class RecipeReader
{
    private const long FileBytesMax = 1024 * 1024;

    public static Recipe Read(string path)
    {
        var name = Path.GetFileName(path);
        if (new FileInfo(path) is { Exists: true, Length: > FileBytesMax and var length })
            throw new RecipeException(
                $"{name}: a recipe has at most {FileBytesMax:N0} bytes, this file has {length:N0}."
            );
        return Read(name, File.ReadAllBytes(path));
    }

    /// <param name="name">For messages.</param>
    public static Recipe Read(string name, byte[] bytes)
    {
        try
        {
            return Parse(name, bytes);
        }
        catch (JsonException e)
        {
            throw new RecipeException($"{name}{Place(e)}: {Reason(e)}", e);
        }
    }

    public static string Write(Recipe recipe) => JsonSerializer.Serialize(recipe, RecipeJson.Default.Recipe) + "\n";

    private static Recipe Parse(string name, byte[] bytes)
    {
        var options = new JsonDocumentOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        };
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith(stackalloc byte[] { 0xEF, 0xBB, 0xBF }))
            text = text[3..];
        using var document = JsonDocument.Parse(text.ToArray(), options);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new RecipeException(
                $"{name}: a recipe is a JSON object, {{ ... }}; found {Show(document.RootElement)}."
            );
        CheckFields(name, "", document.RootElement, RecipeJson.Default.Recipe);
        var recipe =
            document.RootElement.Deserialize(RecipeJson.Default.Recipe)
            ?? throw new RecipeException($"{name}: is empty.");
        new RecipeChecks(name).Check(recipe);
        return recipe;
    }

    /// <summary>Every field must be one that the type has, and no required one may be missing.</summary>
    private static void CheckFields(string name, string place, JsonElement element, JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable && element.ValueKind == JsonValueKind.Array)
        {
            var i = 0;
            foreach (var item in element.EnumerateArray())
                CheckFields(name, $"{place}[{i++}]", item, TypeOf(type.ElementType!));
        }
        if (type.Kind != JsonTypeInfoKind.Object || element.ValueKind != JsonValueKind.Object)
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in element.EnumerateObject())
        {
            var known =
                type.Properties.FirstOrDefault(property => property.Name == field.Name)
                ?? throw new RecipeException(
                    $"{name}: {Join(place, field.Name)} is not a field of a recipe. Known here: {string.Join(", ", type.Properties.Select(property => property.Name))}."
                );
            if (!seen.Add(field.Name))
                throw new RecipeException($"{name}: {Join(place, field.Name)} is given twice.");
            if (field.Value.ValueKind == JsonValueKind.Null)
                throw new RecipeException($"{name}: {Join(place, field.Name)} is null. Leave the field out instead.");
            CheckFields(name, Join(place, field.Name), field.Value, TypeOf(known.PropertyType));
        }
        foreach (var property in type.Properties)
        {
            if (property.IsRequired && !seen.Contains(property.Name))
                throw new RecipeException($"{name}: {Join(place, property.Name)} is missing.");
        }
    }

    private static JsonTypeInfo TypeOf(Type type) =>
        RecipeJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"no JSON contract for {type}");

    private static string Join(string place, string field) => place.Length == 0 ? field : $"{place}.{field}";

    private static string Show(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();

    private static string Place(JsonException e)
    {
        var field = e.Path is { Length: > 2 } path && path[0] == '$' ? $" {path.TrimStart('$', '.')}" : "";
        return e.LineNumber is { } line && field.Length == 0 ? $" line {line + 1}"
            : field.Length > 0 ? $":{field}"
            : "";
    }

    /// <summary>The library's sentence, without the place that it repeats at its end.</summary>
    private static string Reason(JsonException e)
    {
        var text = e.Message;
        var cut = text.IndexOf(" Path: ", StringComparison.Ordinal);
        if (cut < 0)
            cut = text.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        if (cut >= 0)
            text = text[..cut];
        return text.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? "the value is not of the kind that this field takes."
            : $"not JSON: {text}";
    }
}
