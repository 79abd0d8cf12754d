using System.Globalization;

namespace Edge.Training.Tests.Reports;

/// <summary>Lines as a run writes them.</summary>
internal static class Metrics
{
    public static string Step(string stage, long step, long tokens, double loss) =>
        Text(
            $$"""{"event":"step","stage":"{{stage}}","step":{{step}},"tokens":{{tokens}},"seconds":{{tokens / 100.0}},"loss":{{loss}},"rate":1,"gradientNorm":0.5,"tokensPerSecond":100,"flopsPerSecond":60000}"""
        );

    public static string Judged(string stage, long step, long tokens, double bits) =>
        Text(
            $$$"""{"event":"judged","stage":"{{{stage}}}","step":{{{step}}},"tokens":{{{tokens}}},"seconds":{{{tokens / 100.0}}},"bitsPerByte":{{{bits}}},"int8BitsPerByte":{{{bits * 1.001}}},"sources":{"b.txt":{{{bits}}},"a.txt":{{{bits / 2}}} } }"""
        );

    /// <param name="text">As JSON escapes it.</param>
    public static string Sample(string stage, long step, string text) =>
        Text($$"""{"event":"sample","stage":"{{stage}}","step":{{step}},"prompt":"","text":"{{text}}"}""");

    public static string Said(string text) => Text($$"""{"event":"said","text":"{{text}}"}""");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
