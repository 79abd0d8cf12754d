using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Edge.Repo.Tests;

/// <param name="Rule">Short name, as the exception table writes it.</param>
/// <param name="Place">File and line.</param>
/// <param name="Text">What stands there.</param>
internal sealed record BannedCall(string Rule, string Path, string Place, string Text);

/// <summary>
/// Finds calls that logic must not make: the wall clock, shared randomness, sleeping, leaving the process, writing to
/// the console from a library, and the network. Works on names alone, so an alias can hide a call; review catches that.
/// </summary>
internal static class BannedCalls
{
    private static readonly HashSet<string> ClockTypes = ["DateTime", "DateTimeOffset"];
    private static readonly HashSet<string> ClockMembers = ["Now", "UtcNow", "Today"];

    private static readonly HashSet<string> NetworkTypes =
    [
        "HttpClient",
        "HttpClientHandler",
        "SocketsHttpHandler",
        "WebClient",
        "WebRequest",
        "TcpClient",
        "TcpListener",
        "UdpClient",
        "ClientWebSocket",
        "SmtpClient",
        "QuicConnection",
        "NetworkInformation",
        "Dns",
    ];

    /// <param name="isLibrary">Console is an executable's.</param>
    public static IEnumerable<BannedCall> Find(SourceFile file, bool isLibrary)
    {
        foreach (var node in file.Root.DescendantNodes())
        {
            if (RuleBrokenBy(node, file, isLibrary) is { } rule)
                yield return new BannedCall(
                    rule,
                    file.Path,
                    SourceTree.Place(file, node),
                    node.ToString().Split('\n')[0]
                );
        }
    }

    private static string? RuleBrokenBy(SyntaxNode node, SourceFile file, bool isLibrary) =>
        node switch
        {
            MemberAccessExpressionSyntax access => MemberRule(LastName(access.Expression), access, file, isLibrary),
            ObjectCreationExpressionSyntax made => CreationRule(LastName(made.Type), made.ArgumentList),
            ImplicitObjectCreationExpressionSyntax made => CreationRule(DeclaredType(made), made.ArgumentList),
            IdentifierNameSyntax name when NetworkTypes.Contains(name.Identifier.Text) && !IsNameOf(name) => "network",
            _ => null,
        };

    private static string? MemberRule(
        string? type,
        MemberAccessExpressionSyntax access,
        SourceFile file,
        bool isLibrary
    ) =>
        (type, access.Name.Identifier.Text) switch
        {
            (not null, var member) when ClockTypes.Contains(type) && ClockMembers.Contains(member) => "wall clock",
            ("Random", "Shared") => "randomness",
            ("Guid", "NewGuid") => "randomness",
            ("Thread", "Sleep") => "sleep",
            ("Task", "Delay") when !DelayNamesAClock(access) => "sleep",
            ("Environment", "Exit" or "FailFast") when Path.GetFileName(file.Path) != "Program.cs" => "exit",
            ("Console", _) when isLibrary => "console",
            _ => null,
        };

    private static string? CreationRule(string? type, ArgumentListSyntax? arguments) =>
        type switch
        {
            "Random" when arguments is null or { Arguments.Count: 0 } => "randomness",
            "Socket" when arguments?.Arguments.FirstOrDefault()?.ToString() != "AddressFamily.Unix" => "network",
            _ => null,
        };

    /// <summary>Task.Delay(time, clock, ...): three arguments always hold one; of two the second must look like one.</summary>
    private static bool DelayNamesAClock(MemberAccessExpressionSyntax access)
    {
        if (access.Parent is not InvocationExpressionSyntax call)
            return false;
        var arguments = call.ArgumentList.Arguments;
        return arguments.Count == 3
            || arguments
                .Skip(1)
                .Any(a =>
                    LastName(a.Expression) is { } name
                    && (
                        name.Contains("clock", StringComparison.OrdinalIgnoreCase)
                        || name.Contains("timeProvider", StringComparison.OrdinalIgnoreCase)
                    )
                );
    }

    private static bool IsNameOf(IdentifierNameSyntax name) =>
        name.Ancestors()
            .OfType<InvocationExpressionSyntax>()
            .Any(call => call.Expression is IdentifierNameSyntax { Identifier.Text: "nameof" });

    /// <summary>The type written beside "new()": of a variable, a field, a property, or an argument-less return.</summary>
    private static string? DeclaredType(ImplicitObjectCreationExpressionSyntax made) =>
        made.Parent?.Parent switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax declaration } => LastName(declaration.Type),
            PropertyDeclarationSyntax property => LastName(property.Type),
            _ => null,
        };

    private static string? LastName(SyntaxNode node) =>
        node switch
        {
            IdentifierNameSyntax name => name.Identifier.Text,
            MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
            QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
            AliasQualifiedNameSyntax alias => alias.Name.Identifier.Text,
            NullableTypeSyntax nullable => LastName(nullable.ElementType),
            _ => null,
        };
}
