using System.Text;
using Edge.Assistant.Wiki;
using Edge.Notes;
using Edge.TestKit;

namespace Edge.Assistant.Tests.Wiki;

/// <summary>Real notes of other people: every quote must stand where it says, and contradictions must be rare.</summary>
public sealed class WikiSharedVaultTests
{
    [Theory]
    [InlineData("minutes-k8s")]
    [InlineData("style-guide")]
    [InlineData("recipes")]
    public void Every_quote_of_a_real_vault_is_exact_and_contradictions_are_rare(string name)
    {
        var vault = new Vault(Repo.Shared($"vaults/{name}"));
        using var folder = new TempFolder();
        var report = new WikiBuilder(vault, folder["wiki"], new FixedClock()).Build(
            TestContext.Current.CancellationToken
        );
        var lint = WikiLint.Run(vault, folder["wiki"], TestContext.Current.CancellationToken);
        var shown = new StringBuilder();
        foreach (var found in lint.Contradictions)
            shown.AppendLine($"{found.First}\n  {found.Second}");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{report.Notes} notes, {report.Built.Count} pages, {report.Ms:F0} ms; {lint.Contradictions.Count} contradictions, "
                + $"{lint.Orphans.Count} orphans, {lint.BrokenLinks.Count} broken links\n{shown}"
        );

        Assert.True(PageQuotes.CheckAll(folder["wiki"]) > report.Built.Count);
        Assert.Empty(lint.Stale);
        Assert.True(lint.Contradictions.Count <= report.Notes / 50, shown.ToString());
    }
}
