using System.Text;
using Edge.Assistant.Wiki;
using Edge.Notes;
using Edge.TestKit;

namespace Edge.Assistant.Tests.Wiki;

/// <summary>A real vault and its wiki, each in a folder of its own.</summary>
internal sealed class WikiDesk : IDisposable
{
    private readonly TempFolder folder = new();

    public WikiDesk()
    {
        Directory.CreateDirectory(folder["notes"]);
        Vault = new Vault(folder["notes"]);
        Pages = folder["wiki"];
    }

    public Vault Vault { get; }

    public string Pages { get; set; }

    public string[] Files =>
        [
            .. Directory
                .EnumerateFiles(Pages, "*.md")
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

    public WikiReport Build() =>
        new WikiBuilder(Vault, Pages, new FixedClock()).Build(TestContext.Current.CancellationToken);

    public LintReport Lint() => WikiLint.Run(Vault, Pages, TestContext.Current.CancellationToken);

    public void Put(string path, string text)
    {
        var file = Path.Combine(Vault.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, Encoding.UTF8.GetBytes(text));
    }

    public void Delete(string path) => File.Delete(Path.Combine(Vault.Root, path));

    public string Page(string name) => File.ReadAllText(Path.Combine(Pages, name));

    public void Edit(string name, string text) => File.WriteAllText(Path.Combine(Pages, name), text);

    public void Dispose() => folder.Dispose();
}

/// <summary>Reads the quotes of a page as anybody could: lines behind "> ", then the place.</summary>
internal static class PageQuotes
{
    public sealed record Quote(string Text, string Target, int FirstLine, int LastLine);

    public static List<Quote> Of(string page)
    {
        var quotes = new List<Quote>();
        var text = new List<string>();
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
                text.Add(line[2..]);
            if (!line.StartsWith("— [", StringComparison.Ordinal))
                continue;
            var target = line[(line.LastIndexOf("](", StringComparison.Ordinal) + 2)..line.LastIndexOf(')')];
            var numbers = line[(line.LastIndexOf(' ') + 1)..].Split('-').Select(int.Parse).ToList();
            quotes.Add(new Quote(string.Join('\n', text), target, numbers[0], numbers[^1]));
            text.Clear();
        }
        return quotes;
    }

    /// <summary>Every quote stands in the lines that it names, byte for byte; returns how many there are.</summary>
    public static int CheckAll(string wikiFolder)
    {
        var checkedQuotes = 0;
        foreach (var file in Directory.EnumerateFiles(wikiFolder, "*.md"))
        {
            foreach (var quote in Of(File.ReadAllText(file)))
            {
                var note = Path.GetFullPath(Path.Combine(wikiFolder, Uri.UnescapeDataString(quote.Target)));
                Assert.True(File.Exists(note), $"{file}: no such note: {quote.Target}");
                var lines = Note.Parse("note.md", File.ReadAllBytes(note)).Lines;
                Assert.InRange(quote.LastLine, quote.FirstLine, lines.Count);
                var cited = string.Join(
                    '\n',
                    lines.Skip(quote.FirstLine - 1).Take(quote.LastLine - quote.FirstLine + 1)
                );
                Assert.True(
                    quote.Text.Length > 0 && cited.Contains(quote.Text, StringComparison.Ordinal),
                    $"{file}: '{quote.Text}' is not in {quote.Target}:{quote.FirstLine}-{quote.LastLine}: '{cited}'"
                );
                checkedQuotes++;
            }
        }
        return checkedQuotes;
    }
}
