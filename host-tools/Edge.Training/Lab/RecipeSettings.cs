using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Edge.Training.Recipes;

namespace Edge.Training.Lab;

/// <summary>Settings of a recipe by their dotted paths.</summary>
internal static class RecipeSettings
{
    /// <summary>The recipe with other values, checked as if it had been read from a file.</summary>
    /// <exception cref="RecipeException">A path leads nowhere, or the recipe makes no sense with the value.</exception>
    public static Recipe With(Recipe recipe, LabChange change)
    {
        var root = JsonNode.Parse(recipe.ToJson())!.AsObject();
        foreach (var (path, value) in change.Values)
            Set(root, path, value);
        return RecipeReader.Read($"{recipe.Name} with {change}", Encoding.UTF8.GetBytes(root.ToJsonString()));
    }

    private static void Set(JsonObject root, string path, JsonElement value)
    {
        var parts = path.Split('.');
        var at = root;
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
            at = Step(at, part, path);
        if (parts[^1].Contains('['))
            throw Bad(path, $"{parts[^1]} is an element of a list; name a field of it");
        if (value.ValueKind == JsonValueKind.Null)
            at.Remove(parts[^1]);
        else
            at[parts[^1]] = JsonNode.Parse(value.GetRawText());
    }

    /// <param name="part">"model" or "stages[0]" or "stages[pretrain]".</param>
    private static JsonObject Step(JsonObject at, string part, string path)
    {
        var open = part.IndexOf('[');
        if (open < 0)
        {
            if (at[part] is null)
                at[part] = new JsonObject();
            return at[part] as JsonObject ?? throw Bad(path, $"{part} has no fields");
        }
        if (!part.EndsWith(']') || at[part[..open]] is not JsonArray list)
            throw Bad(path, $"there is no list {part[..open]}");
        var which = part[(open + 1)..^1];
        var found = int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? list.ElementAtOrDefault(index)
            : list.FirstOrDefault(item => item?["name"]?.ToString() == which);
        return found as JsonObject ?? throw Bad(path, $"{part[..open]} has {list.Count} elements and none is {which}");
    }

    private static RecipeException Bad(string path, string why) =>
        new($"{path}: no such setting of the recipe: {why}.");
}
