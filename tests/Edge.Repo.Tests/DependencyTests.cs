using System.Xml.Linq;

namespace Edge.Repo.Tests;

/// <summary>
/// Which project may know which. An arrow or package that is not in these tables is a decision: take it here, with the
/// reason in the commit.
/// </summary>
public sealed class DependencyTests
{
    /// <summary>Project, then the projects it may reference.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Edge.Inference"] = [],
        ["Edge.Inference.Onnx"] = ["Edge.Inference"],
        ["Edge.Notes"] = [],
        ["Edge.Link"] = [],
        ["Edge.Slots"] = ["Edge.Inference"],
        ["Edge.Assistant"] = ["Edge.Inference", "Edge.Notes"],
        ["Edge.Device"] =
        [
            "Edge.Inference",
            "Edge.Inference.Onnx",
            "Edge.Notes",
            "Edge.Assistant",
            "Edge.Link",
            "Edge.Slots",
        ],
        ["Edge.Firmware"] = ["Edge.Device", "Edge.Link"],
        ["Edge.Host"] = ["Edge.Inference", "Edge.Inference.Onnx", "Edge.Notes", "Edge.Link", "Edge.Slots"],
        ["Edge.Conversion"] = ["Edge.Inference", "Edge.Inference.Onnx"],
        ["Edge.Fuzz"] = ["Edge.Inference", "Edge.Conversion"],
        ["Edge.Bench"] = ["Edge.Inference"],
        ["Edge.Training"] = ["Edge.Inference", "Edge.Assistant", "Edge.Notes"],
        ["Edge.KernelCheck"] = ["Edge.Inference"],
        ["Edge.Cli"] =
        [
            "Edge.Bench",
            "Edge.Training",
            "Edge.Host",
            "Edge.Conversion",
            "Edge.Assistant",
            "Edge.Inference",
            "Edge.Inference.Onnx",
            "Edge.Notes",
            "Edge.Link",
            "Edge.Slots",
        ],
    };

    /// <summary>Project, then the projects that its build must also build, without seeing their types.</summary>
    private static readonly Dictionary<string, string[]> BuildOnly = new()
    {
        ["Edge.Cli"] = ["Edge.Firmware"],
        ["Edge.EndToEnd.Tests"] = ["Edge.Cli", "Edge.Firmware"],
    };

    /// <summary>
    /// Project, then its packages. Native code comes in only with SQLite (Edge.Notes) and, loaded at the first ONNX model,
    /// ONNX Runtime (Edge.Inference.Onnx); everything else is managed.
    /// </summary>
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Edge.Inference"] = ["System.Numerics.Tensors"],
        ["Edge.Inference.Onnx"] = ["Microsoft.ML.OnnxRuntime"],
        ["Edge.Notes"] = ["Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.bundle_e_sqlite3", "YamlDotNet"],
        ["Edge.Link"] = ["Nerdbank.Streams", "System.IO.Hashing"],
        ["Edge.Firmware"] = ["System.Device.Gpio", "Iot.Device.Bindings", "System.CommandLine"],
        ["Edge.Cli"] = ["System.CommandLine"],
        ["Edge.TestKit"] = ["xunit.v3.extensibility.core", "xunit.v3.assert"],
        ["Edge.Benchmarks"] = ["BenchmarkDotNet"],
        ["Edge.Training.Tests"] = ["Microsoft.ML.Tokenizers", "Microsoft.ML.Tokenizers.Data.Cl100kBase"],
        ["Edge.Repo.Tests"] = ["Microsoft.CodeAnalysis.CSharp", "System.Management.Automation"],
    };

    public static TheoryData<string> ProjectFiles => [.. SourceTree.Projects];

    [Theory]
    [MemberData(nameof(ProjectFiles))]
    public void A_project_references_only_what_the_table_of_arrows_allows(string projectFile)
    {
        var name = Path.GetFileNameWithoutExtension(projectFile);
        foreach (var (target, buildOnly) in References(projectFile))
        {
            if (buildOnly)
                Assert.Contains(target, BuildOnly.GetValueOrDefault(name, []));
            else if (name.EndsWith(".Tests", StringComparison.Ordinal) || name is "Edge.TestKit" or "Edge.Benchmarks")
                Assert.True(Arrows.ContainsKey(target) || target == "Edge.TestKit", $"{name} -> {target}");
            else
                Assert.True(
                    Arrows.TryGetValue(name, out var allowed) && allowed.Contains(target),
                    $"{projectFile} references {target}, which the table of arrows does not allow"
                );
        }
    }

    [Theory]
    [MemberData(nameof(ProjectFiles))]
    public void Firmware_never_references_host_tools_or_tests(string projectFile)
    {
        if (!projectFile.StartsWith("firmware/", StringComparison.Ordinal))
            return;
        var paths = Load(projectFile)
            .Descendants("ProjectReference")
            .Select(r => (string?)r.Attribute("Include") ?? "");
        Assert.DoesNotContain(
            paths,
            p => p.Contains("host-tools", StringComparison.Ordinal) || p.Contains("tests", StringComparison.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(ProjectFiles))]
    public void A_project_uses_only_the_packages_that_the_table_gives_it(string projectFile)
    {
        var name = Path.GetFileNameWithoutExtension(projectFile);
        var used = Load(projectFile).Descendants("PackageReference").Select(p => (string?)p.Attribute("Include") ?? "");
        Assert.All(used, package => Assert.Contains(package, Packages.GetValueOrDefault(name, [])));
    }

    [Theory]
    [MemberData(nameof(ProjectFiles))]
    public void Package_versions_stand_in_one_place(string projectFile) =>
        Assert.DoesNotContain(
            Load(projectFile).Descendants("PackageReference"),
            p => p.Attribute("Version") is not null || p.Attribute("VersionOverride") is not null
        );

    [Fact]
    public void Every_row_of_the_tables_is_a_project_that_exists()
    {
        var projects = SourceTree.Projects.Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.All(Arrows.Keys.Concat(BuildOnly.Keys).Concat(Packages.Keys), row => Assert.Contains(row, projects));
    }

    [Fact]
    public void The_arrows_have_no_circle()
    {
        foreach (var start in Arrows.Keys)
            Assert.DoesNotContain(start, Reach(start));

        static HashSet<string> Reach(string from)
        {
            var seen = new HashSet<string>();
            var open = new Stack<string>(Arrows[from]);
            while (open.TryPop(out var next))
            {
                if (seen.Add(next))
                    foreach (var further in Arrows[next])
                        open.Push(further);
            }
            return seen;
        }
    }

    private static IEnumerable<(string Target, bool BuildOnly)> References(string projectFile) =>
        Load(projectFile)
            .Descendants("ProjectReference")
            .Select(r =>
                (
                    Path.GetFileNameWithoutExtension((string?)r.Attribute("Include") ?? ""),
                    (string?)r.Attribute("ReferenceOutputAssembly") == "false"
                )
            );

    private static XDocument Load(string projectFile) => XDocument.Load(SourceTree.Full(projectFile));
}
