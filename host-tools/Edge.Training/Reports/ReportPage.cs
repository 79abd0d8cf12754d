using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Training.Reports;

/// <summary>What the page's script draws.</summary>
internal sealed record PageData(
    IReadOnlyList<string> Runs,
    IReadOnlyList<Chart> Charts,
    IReadOnlyList<StageMark> Marks
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(ShortNumbers), typeof(JsonStringEnumConverter<CurveStyle>)]
)]
[JsonSerializable(typeof(PageData))]
internal sealed partial class PageJson : JsonSerializerContext;

/// <summary>Six digits are more than a screen shows.</summary>
internal sealed class ShortNumbers : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteRawValue(
            double.IsFinite(value)
                ? value.ToString(Math.Abs(value) is >= 1e6 and < 1e15 ? "0" : "G6", CultureInfo.InvariantCulture)
                : "0"
        );
}

/// <summary>
/// One HTML page about one or several runs that needs nothing else: no network, no other file. Its content policy
/// allows this page's own script alone, so text that a model wrote can never run.
/// </summary>
public static class ReportPage
{
    public static string Write(IReadOnlyList<RunHistory> runs)
    {
        var script = Resource("report.js");
        var style = Resource("report.css");
        var title = "Training: " + string.Join(", ", runs.Select(run => run.Name));
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
        page.Append(
            CultureInfo.InvariantCulture,
            $"style-src 'unsafe-inline'; script-src 'sha256-{Sha256(script)}'\">\n"
        );
        page.Append(CultureInfo.InvariantCulture, $"<title>{Html.Escape(title)}</title>\n<style>\n{style}</style>\n");
        page.Append(CultureInfo.InvariantCulture, $"</head>\n<body>\n<h1>{Html.Escape(title)}</h1>\n");
        ReportTables.Summary(page, runs);
        Controls(page, runs);
        ReportTables.Sources(page, runs);
        ReportTables.Samples(page, runs);
        ReportTables.Settings(page, runs);
        page.Append("<script type=\"application/json\" id=\"data\">");
        page.Append(Data(runs));
        page.Append(CultureInfo.InvariantCulture, $"</script>\n<script>{script}</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    /// <summary>Writes the page beside <paramref name="path"/> first, so that a reader never sees half of it.</summary>
    /// <exception cref="IOException">The disk is full or may not be written.</exception>
    public static void Save(IReadOnlyList<RunHistory> runs, string path)
    {
        var temporary = path + ".partial";
        try
        {
            File.WriteAllText(temporary, Write(runs));
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Controls(StringBuilder page, IReadOnlyList<RunHistory> runs)
    {
        var window = runs.Max(run => Charts.WindowSteps(run.Steps.Count));
        page.Append(
            """
            <div class="controls">
            <span><span class="dim">x axis</span>
            <label><input type="radio" name="axis" value="tokens" checked> tokens</label>
            <label><input type="radio" name="axis" value="seconds"> time</label>
            <label><input type="radio" name="axis" value="steps"> steps</label></span>
            <label><input type="checkbox" id="log"> logarithmic y</label>
            <span class="legend" id="legend"></span>
            </div>
            <div class="charts" id="charts"></div>
            <noscript><p>The curves need this page's own script; the tables do not.</p></noscript>

            """
        );
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p class=\"dim\">Pale as it was at each step, bold smoothed over up to {window:N0} steps. Held-out text: solid with the weights as trained, dashed and ringed as int8, which is what ships. A dotted upright line: a stage begins.</p>\n"
        );
    }

    /// <summary>JSON whose "&lt;" is escaped: it cannot end the script element it stands in.</summary>
    private static string Data(IReadOnlyList<RunHistory> runs) =>
        JsonSerializer.Serialize(
            new PageData([.. runs.Select(run => run.Name)], Charts.Of(runs), Charts.Marks(runs)),
            PageJson.Default.PageData
        );

    private static string Sha256(string script) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    private static string Resource(string name)
    {
        using var stream =
            typeof(ReportPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in this program");
        using var reader = new StreamReader(stream);
        // The hash of the script must hold wherever the sources were checked out.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
