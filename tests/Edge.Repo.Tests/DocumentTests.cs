using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace Edge.Repo.Tests;

/// <summary>What people read first must be true: the solution, the README, the build list and the specifications.</summary>
public sealed partial class DocumentTests
{
    private const string DemoCommand = "dotnet run --project host-tools/Edge.Cli -c Release -- demo";
    private const string TestCommand = "dotnet test Edge.sln";

    /// <summary>Specification, then the folders it may stand in: beside the code that implements it.</summary>
    public static TheoryData<string, string[]> Specifications =>
        new()
        {
            { "PROTOCOL.md", ["firmware/Edge.Link", "firmware/Edge.Device"] },
            { "SLOTS.md", ["firmware/Edge.Slots"] },
            { "SYNC.md", ["firmware/Edge.Notes", "host-tools/Edge.Host"] },
            { "README.md", ["models"] },
        };

    [Fact]
    public void Every_project_is_in_the_solution_and_every_entry_exists()
    {
        var listed = SolutionProject()
            .Matches(Read("Edge.sln"))
            .Select(m => m.Groups[1].Value.Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
        Assert.Equal(SourceTree.Projects.Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public void The_readme_starts_with_the_demo_and_then_the_tests()
    {
        var commands = FencedBlock().Matches(Read("README.md")).Select(m => m.Groups[1].Value.Trim()).ToList();
        Assert.Equal(DemoCommand, commands[0]);
        Assert.Equal(TestCommand, commands[1]);
    }

    [Fact]
    public void The_readme_lists_every_command_of_the_tool_and_no_other()
    {
        var inReadme = CommandRow().Matches(Read("README.md")).Select(m => m.Groups[1].Value).Distinct().Order();
        var inCode = SourceTree
            .Files.Where(f => f.StartsWith("host-tools/Edge.Cli/Commands/", StringComparison.Ordinal))
            .Select(f => Path.GetFileName(f))
            .Where(f => f.EndsWith("Command.cs", StringComparison.Ordinal))
            .Select(f => KebabCase(f[..^"Command.cs".Length]))
            .Order();
        Assert.Equal(inCode, inReadme);
    }

    [Theory]
    [MemberData(nameof(Specifications))]
    public void A_specification_stands_beside_the_code_that_implements_it(string file, string[] folders) =>
        Assert.True(
            folders.Any(folder => File.Exists(SourceTree.Full($"{folder}/{file}"))),
            $"no {file} in {string.Join(" or ", folders)}"
        );

    [Fact]
    public void The_build_list_is_powershell_without_errors_and_every_line_can_be_typed_by_hand()
    {
        var script = Parser.ParseFile(SourceTree.Full("build.ps1"), out _, out var errors);
        Assert.Empty(errors.Select(e => $"{e.Extent.StartLineNumber}: {e.Message}"));

        var statements = script.EndBlock.Statements;
        Assert.NotEmpty(statements);
        foreach (var statement in statements)
        {
            var pipeline = Assert.IsType<PipelineAst>(statement);
            var command = Assert.IsType<CommandAst>(Assert.Single(pipeline.PipelineElements));
            Assert.Equal("dotnet", command.GetCommandName());
            Assert.Equal(statement.Extent.StartLineNumber, statement.Extent.EndLineNumber);
            Assert.All(
                command.CommandElements,
                part => Assert.True(part is StringConstantExpressionAst or CommandParameterAst, part.Extent.Text)
            );
        }
    }

    [Theory]
    [InlineData(DemoCommand)]
    [InlineData(TestCommand)]
    [InlineData("dotnet csharpier check .")]
    public void The_build_list_and_the_check_run_the_same_commands(string command)
    {
        Assert.Contains(command, Read("build.ps1"), StringComparison.Ordinal);
        Assert.Contains(command, Read(".ci/run"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_check_can_be_executed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no execute bit");
        if (!OperatingSystem.IsWindows())
            Assert.True(File.GetUnixFileMode(SourceTree.Full(".ci/run")).HasFlag(UnixFileMode.UserExecute));
    }

    private static string Read(string relative) => File.ReadAllText(SourceTree.Full(relative));

    private static string KebabCase(string name) => Hump().Replace(name, "-$1").ToLowerInvariant();

    [GeneratedRegex("""^Project\("[^"]+"\) = "[^"]+", "([^"]+\.csproj)",""", RegexOptions.Multiline)]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"^```[a-z]*\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedBlock();

    [GeneratedRegex(@"^\| `edge ([a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex CommandRow();

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Hump();
}
