using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Edge.Notes;

/// <summary>The YAML between two lines of "---" at the top of a note.</summary>
/// <param name="Values">By lower-case key; lists joined with ", "; maps inside maps are left out.</param>
/// <param name="Tags">As listed, without '#'.</param>
/// <param name="BodyFirstLine">From 1.</param>
/// <param name="Problem">Null, or why the YAML could not be read; then Values and Tags are empty.</param>
internal sealed record FrontMatter(
    IReadOnlyDictionary<string, string> Values,
    IReadOnlyList<string> Tags,
    int BodyFirstLine,
    string? Problem = null
)
{
    /// <summary>Longer front matter is not parsed: it is somebody's data, not a note's.</summary>
    private const int CharsMax = 64 << 10;

    /// <summary>The parser's time grows with the square of the depth.</summary>
    private const int DepthMax = 32;

    private static readonly IReadOnlyDictionary<string, string> NoValues = new Dictionary<string, string>();

    public bool IsPrivate =>
        Values.TryGetValue("private", out var value) && value.ToLowerInvariant() is "true" or "yes" or "on";

    public static FrontMatter Read(IReadOnlyList<string> lines)
    {
        var end = EndLine(lines);
        if (end < 0)
            return new FrontMatter(NoValues, [], 1);
        var bodyFirstLine = end + 2;
        var chars = 0;
        for (var i = 1; i < end; i++)
            chars += lines[i].Length + 1;
        if (chars > CharsMax)
        {
            return new FrontMatter(
                NoValues,
                [],
                bodyFirstLine,
                $"the front matter has {chars:N0} characters, at most {CharsMax:N0} are read: shorten it"
            );
        }
        try
        {
            return Parse(string.Join('\n', lines.Skip(1).Take(end - 1)), bodyFirstLine);
        }
        catch (YamlException trouble)
        {
            return Malformed(bodyFirstLine, $"line {trouble.Start.Line + 1}: {trouble.Message}");
        }
        // The parser answers some malformed texts with these.
        catch (Exception trouble)
            when (trouble
                    is InvalidOperationException
                        or ArgumentException
                        or IndexOutOfRangeException
                        or FormatException
            )
        {
            return Malformed(bodyFirstLine, trouble.Message);
        }
    }

    private static FrontMatter Malformed(int bodyFirstLine, string what) =>
        new(NoValues, [], bodyFirstLine, $"the front matter is not valid YAML ({what}): the text is read without it");

    /// <summary>Index of the closing line, or -1: without one, "---" at the top is a rule.</summary>
    private static int EndLine(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0 || lines[0].TrimEnd() != "---")
            return -1;
        for (var i = 1; i < lines.Count; i++)
        {
            if (lines[i].TrimEnd() is "---" or "...")
                return i;
        }
        return -1;
    }

    private static FrontMatter Parse(string yaml, int bodyFirstLine)
    {
        var parser = new Parser(new StringReader(yaml));
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var tags = new List<string>();
        var depth = 0;
        var isMap = false;
        string? key = null;
        List<string>? items = null;
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case MappingStart or SequenceStart:
                    if (++depth > DepthMax)
                        return Malformed(bodyFirstLine, $"nested more than {DepthMax} deep");
                    if (depth == 1)
                        isMap = parser.Current is MappingStart;
                    else if (depth == 2)
                        items = parser.Current is SequenceStart ? [] : null;
                    break;
                case MappingEnd or SequenceEnd:
                    if (depth == 2 && key is not null)
                    {
                        Store(values, tags, key, items);
                        (key, items) = (null, null);
                    }
                    depth--;
                    break;
                case Scalar scalar when depth == 2:
                    items?.Add(scalar.Value);
                    break;
                case Scalar scalar when depth == 1 && key is null:
                    key = scalar.Value.Trim().ToLowerInvariant();
                    break;
                case Scalar scalar when depth == 1:
                    Store(values, tags, key!, scalar.Value);
                    key = null;
                    break;
                case AnchorAlias when depth == 1:
                    key = null;
                    break;
            }
        }
        return isMap || values.Count == 0 && yaml.AsSpan().Trim().IsEmpty
            ? new FrontMatter(values, tags, bodyFirstLine)
            : Malformed(bodyFirstLine, "expected 'key: value' lines");
    }

    private static void Store(Dictionary<string, string> values, List<string> tags, string key, List<string>? items)
    {
        if (items is null)
            return;
        values[key] = string.Join(", ", items);
        if (key is "tags" or "tag")
            AddTags(tags, items);
    }

    private static void Store(Dictionary<string, string> values, List<string> tags, string key, string value)
    {
        values[key] = value;
        if (key is "tags" or "tag")
            AddTags(tags, value.Contains(',') ? value.Split(',') : value.Split(' '));
    }

    private static void AddTags(List<string> tags, IEnumerable<string> found)
    {
        foreach (var tag in found.Select(t => t.Trim().TrimStart('#')))
        {
            if (tag.Length > 0 && !tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
                tags.Add(tag);
        }
    }
}
