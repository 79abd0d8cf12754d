using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Edge.Repo.Tests;

/// <summary>Small files, one idea each. Longer ones are named here with the reason, and only while they need it.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int NamedFileLinesMax = 500;
    private const int FunctionLinesMax = 70;

    /// <summary>File, then why its idea does not fit <see cref="FileLinesMax"/> lines.</summary>
    private static readonly Dictionary<string, string> LongFiles = new()
    {
        ["tests/Edge.Inference.Tests/Gguf/BrokenFileTests.cs"] = "the drawer of broken files is one table",
    };

    /// <summary>"File: Function", then why it is one page on purpose.</summary>
    private static readonly Dictionary<string, string> LongFunctions = [];

    [Fact]
    public void Files_are_short_or_named_here_with_the_reason()
    {
        var tooLong = SourceTree
            .Sources.Where(s => s.Lines > (LongFiles.ContainsKey(s.Path) ? NamedFileLinesMax : FileLinesMax))
            .Select(s => $"{s.Path}: {s.Lines} lines; split it by idea, or name it in LongFiles with the reason");
        SourceTree.AssertNone(tooLong);
    }

    [Fact]
    public void Functions_are_short_or_named_here_with_the_reason()
    {
        var tooLong = SourceTree
            .Sources.SelectMany(LongFunctionsOf)
            .Where(f => !LongFunctions.ContainsKey(f.Key))
            .Select(f => $"{f.Key} at {f.Place} has {f.Lines} lines; at most {FunctionLinesMax}");
        SourceTree.AssertNone(tooLong);
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        var longFiles = SourceTree.Sources.Where(s => s.Lines > FileLinesMax).Select(s => s.Path).ToHashSet();
        Assert.All(LongFiles.Keys, path => Assert.Contains(path, longFiles));
        var longFunctions = SourceTree.Sources.SelectMany(LongFunctionsOf).Select(f => f.Key).ToHashSet();
        Assert.All(LongFunctions.Keys, key => Assert.Contains(key, longFunctions));
    }

    [Fact]
    public void A_long_function_is_found_wherever_it_hides()
    {
        var body = string.Concat(Enumerable.Repeat("Do();\n", FunctionLinesMax));
        string[] hidingPlaces =
        [
            $"class C {{ void M()\n{{\n{body}}}\n}}",
            $"class C {{ C()\n{{\n{body}}}\n}}",
            $"class C {{ int P {{ get\n{{\n{body}}} }} }}",
            $"class C {{ void M() {{ void Local()\n{{\n{body}}} }} }}",
            body + body,
        ];
        Assert.All(hidingPlaces, text => Assert.NotEmpty(LongFunctionsOf(SourceTree.Parse("a/B/C.cs", text))));
        Assert.Empty(LongFunctionsOf(SourceTree.Parse("a/B/C.cs", "class C { void M()\n{\nDo();\n}\n}")));
    }

    /// <summary>Functions of a file that are longer than the limit, counted from the name to the closing brace.</summary>
    private static IEnumerable<(string Key, string Place, int Lines)> LongFunctionsOf(SourceFile file)
    {
        foreach (var node in file.Root.DescendantNodes())
        {
            var name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.Text,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
                OperatorDeclarationSyntax operation => operation.OperatorToken.Text,
                LocalFunctionStatementSyntax local => local.Identifier.Text,
                AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
                _ => null,
            };
            if (name is not null && Lines(node) is var lines and > FunctionLinesMax)
                yield return ($"{file.Path}: {name}", SourceTree.Place(file, node), lines);
        }

        var topLevel = file.Root.ChildNodes().OfType<GlobalStatementSyntax>().ToList();
        if (topLevel.Sum(Lines) is var sum and > FunctionLinesMax)
            yield return ($"{file.Path}: (top level)", file.Path, sum);
    }

    private static int Lines(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
