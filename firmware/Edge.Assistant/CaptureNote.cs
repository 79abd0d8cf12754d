using System.Globalization;
using System.Text;
using System.Text.Json;
using Edge.Assistant.Summaries;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant;

/// <summary>
/// Turns text into a new note "captures/yyyy-MM-dd-HHmm-slug.md": front matter with title, date and source, one blank
/// line, then the text byte for byte.
/// </summary>
internal static class CaptureNote
{
    private const int TitleCharsMax = 80;
    private const int SlugCharsMax = 48;
    private const int SuffixMax = 1000;

    public static string Store(Vault vault, TimeProvider clock, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
            throw new ArgumentException("There is nothing to capture: the text is empty.");
        var now = clock.GetLocalNow();
        var title = TitleOf(text);
        var content = Encoding.UTF8.GetBytes(FrontMatter(title, now) + text);
        var name = now.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture) + "-" + Slug(title);
        for (var number = 1; ; number++)
        {
            var path = $"captures/{name}{(number == 1 ? "" : "-" + number.ToString(CultureInfo.InvariantCulture))}.md";
            if (File.Exists(Path.Combine(vault.Root, path)) && number < SuffixMax)
                continue;
            try
            {
                vault.Write(path, content);
                return path;
            }
            catch (NoteException) when (number < SuffixMax && File.Exists(Path.Combine(vault.Root, path)))
            {
                // Someone else took the name between the look and the write: the next one.
            }
        }
    }

    /// <summary>First heading, else first sentence, else first item; at most 80 characters.</summary>
    public static string TitleOf(string text)
    {
        var head = text.Length > 20_000 ? text[..20_000] : text;
        var units = NoteOutline.Read(head.ReplaceLineEndings("\n").Split('\n'));
        var first =
            units.FirstOrDefault(unit => unit.Kind == UnitKind.Heading)
            ?? units.FirstOrDefault(unit => unit.Text.Trim().Length > 0);
        var line = first?.Text.Split('\n')[0].Trim() ?? "";
        return line.Length > 0 ? Headlines.Shorten(line, TitleCharsMax) : "Captured text";
    }

    private static string FrontMatter(string title, DateTimeOffset now)
    {
        var quoted = JsonEncodedText.Encode(
            title,
            System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        );
        var date = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"---\ntitle: \"{quoted}\"\ndate: {date}\nsource: capture\n---\n\n";
    }

    /// <summary>Lower-case ASCII letters and digits with dashes between; "note" when nothing is left.</summary>
    private static string Slug(string title)
    {
        var slug = new StringBuilder();
        foreach (var word in Words.Of(title))
        {
            var plain = new string([.. Words.Fold(word).Where(char.IsAsciiLetterOrDigit)]);
            if (plain.Length == 0)
                continue;
            if (slug.Length + plain.Length + 1 > SlugCharsMax)
                break;
            slug.Append(slug.Length > 0 ? "-" : "").Append(plain);
        }
        return slug.Length > 0 ? slug.ToString() : "note";
    }
}
