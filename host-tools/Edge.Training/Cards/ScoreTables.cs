using System.Globalization;
using System.Text;
using System.Text.Json;
using Edge.Training.Run;

namespace Edge.Training.Cards;

/// <summary>A file of scores, as the --json of edge eval or several of them by name, as tables.</summary>
internal static class ScoreTables
{
    /// <exception cref="TrainingException">The file is no JSON object.</exception>
    public static string Write(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new TrainingException(
                    $"{path}: scores are a JSON object; found {document.RootElement.ValueKind}."
                );
            var page = new StringBuilder();
            Object(page, "", document.RootElement);
            return page.ToString();
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path}: scores are a JSON object: {e.Message}", e);
        }
    }

    /// <summary>Its plain values as one table; what is below it as tables of their own.</summary>
    private static void Object(StringBuilder page, string name, JsonElement element)
    {
        var plain = element.EnumerateObject().Where(field => IsPlain(field.Value)).ToArray();
        if (plain.Length > 0)
        {
            page.Append(name.Length > 0 ? $"**{name}**\n\n" : "").Append("| measure | value |\n| --- | --- |\n");
            foreach (var field in plain)
                page.Append(CultureInfo.InvariantCulture, $"| {field.Name} | {Show(field.Value)} |\n");
            page.Append('\n');
        }
        foreach (var field in element.EnumerateObject())
        {
            var below = name.Length > 0 ? $"{name}, {field.Name}" : field.Name;
            if (field.Value.ValueKind == JsonValueKind.Object)
                Object(page, below, field.Value);
            if (field.Value.ValueKind == JsonValueKind.Array)
                Rows(
                    page,
                    below,
                    [.. field.Value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)]
                );
        }
    }

    private static void Rows(StringBuilder page, string name, JsonElement[] items)
    {
        var flat = items.Select(item => Flat("", item).ToDictionary(pair => pair.Name, pair => pair.Value)).ToArray();
        var columns = flat.SelectMany(item => item.Keys).Distinct().ToArray();
        if (columns.Length == 0)
            return;
        page.Append(CultureInfo.InvariantCulture, $"**{name}**\n\n| {string.Join(" | ", columns)} |\n");
        page.Append(CultureInfo.InvariantCulture, $"|{string.Concat(columns.Select(_ => " --- |"))}\n");
        foreach (var item in flat)
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {string.Join(" | ", columns.Select(column => item.GetValueOrDefault(column, "-")))} |\n"
            );
        page.Append('\n');
    }

    private static IEnumerable<(string Name, string Value)> Flat(string prefix, JsonElement item)
    {
        foreach (var field in item.EnumerateObject())
        {
            if (IsPlain(field.Value))
                yield return (prefix + field.Name, Show(field.Value));
            if (field.Value.ValueKind != JsonValueKind.Object)
                continue;
            foreach (var below in Flat($"{prefix}{field.Name}.", field.Value))
                yield return below;
        }
    }

    private static bool IsPlain(JsonElement value) =>
        value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null);

    private static string Show(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && !value.TryGetInt64(out _)
            ? value.GetDouble().ToString("0.####", CultureInfo.InvariantCulture)
            : value.ToString().ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
