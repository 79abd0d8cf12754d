using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Edge.Repo.Tests;

/// <summary>Words that must not be left in the tree: unfinished work, and paths that exist on one computer only.</summary>
public sealed partial class WordTests
{
    private static readonly string[] TextEndings =
    [
        ".cs",
        ".csproj",
        ".props",
        ".targets",
        ".json",
        ".jsonl",
        ".md",
        ".ps1",
        ".sh",
        ".sln",
        ".yml",
        ".service",
        ".rules",
    ];

    [Fact]
    public void Nothing_shipped_is_left_unfinished()
    {
        var thrown = SourceTree
            .Shipped.SelectMany(f => f.Root.DescendantTokens().Select(token => (File: f, Token: token)))
            .Where(t => t.Token.IsKind(SyntaxKind.IdentifierToken) && t.Token.Text == "NotImplementedException")
            .Select(t => $"{SourceTree.Place(t.File, t.Token.Parent!)}: not implemented");
        SourceTree.AssertNone(thrown);
    }

    [Fact]
    public void No_comment_postpones_work()
    {
        var notes = SourceTree
            .Sources.SelectMany(f =>
                f.Root.DescendantTrivia(descendIntoTrivia: false).Select(t => (File: f, Trivia: t))
            )
            .Where(t => Postponed().IsMatch(t.Trivia.ToString()) && IsComment(t.Trivia))
            .Select(t => $"{t.File.Path}: {t.Trivia.ToString().Trim()}");
        SourceTree.AssertNone(notes);
    }

    [Fact]
    public void No_path_of_one_computer_stands_in_the_tree()
    {
        var found = SourceTree
            .Files.Where(f => TextEndings.Contains(Path.GetExtension(f)) || f == ".ci/run")
            .SelectMany(f => File.ReadLines(SourceTree.Full(f)).Select((line, i) => (Place: $"{f}:{i + 1}", line)))
            .Where(l => MachinePath().IsMatch(l.line))
            .Select(l => $"{l.Place}: {l.line.Trim()}");
        SourceTree.AssertNone(found);
    }

    [Theory]
    [InlineData("""File.Open("/ho""" + """me/anna/x")""", true)]
    [InlineData("""cd /ro""" + """ot/edge""", true)]
    [InlineData("""C:\Us""" + """ers\anna""", true)]
    [InlineData("""edge sync ~/notes""", false)]
    [InlineData("""tests/home/x""", false)]
    public void A_path_of_one_computer_is_recognised(string line, bool expected) =>
        Assert.Equal(expected, MachinePath().IsMatch(line));

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind()
            is SyntaxKind.SingleLineCommentTrivia
                or SyntaxKind.MultiLineCommentTrivia
                or SyntaxKind.SingleLineDocumentationCommentTrivia;

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Postponed();

    [GeneratedRegex("""(?<![\w.~/>$}])/(home|root|work|Users)/\w|[A-Z]:\\Users\\""")]
    private static partial Regex MachinePath();
}
