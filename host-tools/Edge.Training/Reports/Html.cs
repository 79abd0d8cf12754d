using System.Globalization;
using System.Net;
using System.Text;

namespace Edge.Training.Reports;

/// <summary>Text and numbers for an HTML page.</summary>
internal static class Html
{
    /// <summary>Text from anywhere: markup becomes text, control characters their pictures.</summary>
    public static string Escape(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var c in text)
            visible.Append(
                c switch
                {
                    '\n' or '\t' => c,
                    < ' ' => (char)('\u2400' + c),
                    '\u007f' => '\u2421',
                    >= '\u0080' and < '\u00a0' => '\ufffd',
                    _ => c,
                }
            );
        return WebUtility.HtmlEncode(visible.ToString());
    }

    public static string Number(double? value, string format) =>
        value is { } number ? number.ToString(format, CultureInfo.InvariantCulture) : "–";

    /// <summary>12.3 M.</summary>
    public static string Short(double value) =>
        Math.Abs(value) switch
        {
            >= 1e9 => Number(value / 1e9, "0.##") + " G",
            >= 1e6 => Number(value / 1e6, "0.##") + " M",
            >= 1e3 => Number(value / 1e3, "0.##") + " K",
            _ => Number(value, "0.####"),
        };

    public static string Time(double seconds) =>
        seconds switch
        {
            < 120 => Number(seconds, "0.0") + " s",
            < 7200 => Number(seconds / 60, "0.0") + " min",
            _ => Number(seconds / 3600, "0.0") + " h",
        };
}
