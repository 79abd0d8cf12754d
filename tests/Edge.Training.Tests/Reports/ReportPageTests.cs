using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Edge.TestKit;
using Edge.Training.Reports;

namespace Edge.Training.Tests.Reports;

public sealed partial class ReportPageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_has_the_numbers_the_samples_and_the_settings()
    {
        var page = ReportPage.Write([
            Run(
                "small",
                Metrics.Said("width 32"),
                Metrics.Step("a", 1, 2_000_000, 2.5),
                Metrics.Judged("a", 1, 2_000_000, 1.25),
                Metrics.Sample("a", 1, "Anna sat")
            ),
        ]);
        foreach (
            var text in (string[])
                ["small", "2 M", "2.500", "1.2500", "1.2513", "0.10 %", "b.txt", "0.6250", "Anna sat", "width 32"]
        )
            Assert.Contains(text, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_a_model_wrote_or_a_person_named_becomes_markup()
    {
        const string evil = "</script><script>alert('x')</script><img src=x onerror=alert(1)>";
        var page = ReportPage.Write([
            Run(
                "<b>run</b>",
                Metrics.Said(evil),
                Metrics.Step(evil, 1, 100, 5),
                Metrics.Step("<i>two</i>", 1, 200, 5),
                Metrics.Judged("<i>two</i>", 1, 200, 3).Replace("a.txt", evil, StringComparison.Ordinal),
                Metrics.Sample("<i>two</i>", 1, evil + "\\u0007\\u001b[2J")
            ),
        ]);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, c => char.IsControl(c) && c is not ('\n' or '\t'));
        Assert.Equal(2, page.Split("</script>").Length - 1);
        Assert.Contains("&lt;img src=x", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_runs_its_own_script_alone_and_asks_for_nothing_else()
    {
        var page = ReportPage.Write([Run("small", Metrics.Step("a", 1, 100, 5))]);
        var script = OwnScript().Match(page).Groups[1].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        Assert.Contains(
            $"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'",
            page,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "//",
            Comment().Replace(page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), ""),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_data_of_the_curves_is_json_with_a_list_for_each_axis()
    {
        var page = ReportPage.Write([
            Run("one", Metrics.Step("a", 1, 1_234_567, 5), Metrics.Step("b", 1, 2_000_000, 4)),
            Run("two", Metrics.Step("a", 1, 100, 5)),
        ]);
        using var data = JsonDocument.Parse(DataBlock().Match(page).Groups[1].Value);
        var charts = data.RootElement.GetProperty("charts").EnumerateArray().ToArray();
        Assert.Equal(6, charts.Length);
        var curves = charts[0].GetProperty("curves").EnumerateArray().ToArray();
        Assert.Equal(["raw", "solid", "raw", "solid"], curves.Select(curve => curve.GetProperty("style").GetString()));
        Assert.Equal([1234567, 2000000], Numbers(curves[0], "tokens"));
        Assert.Equal([1, 2], Numbers(curves[0], "steps"));
        Assert.Equal([0, 1], Numbers(curves[0], "stages"));
        Assert.Equal("b", data.RootElement.GetProperty("marks")[0].GetProperty("name").GetString());
        Assert.Equal(
            ["one", "two"],
            data.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetString())
        );
    }

    [Fact]
    public void A_long_run_is_thinned_and_keeps_its_spikes()
    {
        var lines = Enumerable.Range(1, 20_000).Select(i => Metrics.Step("a", i, i * 100L, i == 7777 ? 99 : 2));
        var run = Run("long", [.. lines]);
        using var data = JsonDocument.Parse(DataBlock().Match(ReportPage.Write([run])).Groups[1].Value);
        var raw = data.RootElement.GetProperty("charts")[0].GetProperty("curves")[0];
        var tokens = Numbers(raw, "tokens");
        Assert.InRange(tokens.Length, 500, 1002);
        Assert.Equal((100, 2_000_000), (tokens[0], tokens[^1]));
        Assert.Equal(99, Numbers(raw, "values").Max());
    }

    [Fact]
    public void A_run_without_a_step_still_has_a_page()
    {
        var page = ReportPage.Write([Run("empty", Metrics.Said("width 32"))]);
        Assert.Contains("empty", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_cannot_be_written_is_said_once_and_the_one_before_stays()
    {
        Run("run", Metrics.Step("a", 1, 100, 5));
        Directory.CreateDirectory(_folder["run/report.html.partial"]);
        using var small = new Run.SmallRun();
        var writer = new ReportWriter(_folder["run"], small);
        writer.Write();
        writer.Write();
        Assert.Contains("report.html could not be written", Assert.Single(small.Lines), StringComparison.Ordinal);
        Directory.Delete(_folder["run/report.html.partial"]);
        writer.Write();
        Assert.True(File.Exists(_folder["run/report.html"]));
    }

    private RunHistory Run(string name, params string[] lines)
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllLines(_folder["run/metrics.jsonl"], lines);
        return RunHistory.Read(_folder["run"]) with { Name = name };
    }

    private static double[] Numbers(JsonElement curve, string list) =>
        [.. curve.GetProperty(list).EnumerateArray().Select(number => number.GetDouble())];

    /// <summary>A line of the script that is one.</summary>
    [GeneratedRegex("^ +// ", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex OwnScript();

    [GeneratedRegex("id=\"data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex DataBlock();
}
