using System.Xml.Linq;

namespace Edge.Repo.Tests;

public sealed class BannedCallTests
{
    /// <summary>"File: rule", then why this file may.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["firmware/Edge.Firmware/Edged.cs: exit"] =
            "a shutdown that hangs must end; every file on disk is whole by then",
    };

    [Fact]
    public void Logic_takes_its_clock_randomness_and_waiting_through_constructors_and_never_dials_out()
    {
        var exes = Executables();
        var found = SourceTree
            .Shipped.SelectMany(file => BannedCalls.Find(file, isLibrary: !exes.Contains(file.Project)))
            .Where(call => !Allowed.ContainsKey($"{call.Path}: {call.Rule}"))
            .Select(call => $"{call.Place}: {call.Rule}: {call.Text}");
        SourceTree.AssertNone(found);
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        var exes = Executables();
        var found = SourceTree
            .Shipped.SelectMany(file => BannedCalls.Find(file, isLibrary: !exes.Contains(file.Project)))
            .Select(call => $"{call.Path}: {call.Rule}")
            .ToHashSet();
        Assert.All(Allowed.Keys, key => Assert.Contains(key, found));
    }

    [Theory]
    [InlineData("var t = DateTime.Now;", "wall clock")]
    [InlineData("var t = System.DateTime.UtcNow;", "wall clock")]
    [InlineData("var t = DateTimeOffset.UtcNow.ToUnixTimeSeconds();", "wall clock")]
    [InlineData("var n = Random.Shared.Next();", "randomness")]
    [InlineData("var r = new Random();", "randomness")]
    [InlineData("Random r = new();", "randomness")]
    [InlineData("Thread.Sleep(5);", "sleep")]
    [InlineData("System.Threading.Thread.Sleep(5);", "sleep")]
    [InlineData("await Task.Delay(5);", "sleep")]
    [InlineData("await Task.Delay(wait, cancellation);", "sleep")]
    [InlineData("Environment.Exit(3);", "exit")]
    [InlineData("Console.Error.WriteLine(1);", "console")]
    [InlineData("using var c = new HttpClient();", "network")]
    [InlineData("System.Net.Sockets.TcpClient? c = null;", "network")]
    [InlineData("var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);", "network")]
    [InlineData("Socket s = new(SocketType.Stream, ProtocolType.Tcp);", "network")]
    [InlineData("var a = Dns.GetHostAddresses(h);", "network")]
    public void A_banned_call_is_found(string statement, string rule) =>
        Assert.Contains(rule, RulesBrokenBy(statement));

    [Theory]
    [InlineData("var t = clock.GetUtcNow();")]
    [InlineData("var r = new Random(seed);")]
    [InlineData("Random r = new(seed);")]
    [InlineData("await Task.Delay(wait, clock);")]
    [InlineData("await Task.Delay(wait, _timeProvider, cancellation);")]
    [InlineData("var s = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);")]
    [InlineData("var text = \"DateTime.Now\"; // Thread.Sleep")]
    public void What_is_allowed_is_not_reported(string statement) => Assert.Empty(RulesBrokenBy(statement));

    private static IEnumerable<string> RulesBrokenBy(string statement) =>
        BannedCalls
            .Find(SourceTree.Parse("firmware/Edge.X/Y.cs", $"class C {{ async Task M() {{ {statement} }} }}"), true)
            .Select(call => call.Rule);

    private static HashSet<string> Executables() =>
        SourceTree
            .Projects.Where(p =>
                XDocument.Load(SourceTree.Full(p)).Descendants("OutputType").Any(t => t.Value == "Exe")
            )
            .Select(p => Path.GetFileNameWithoutExtension(p))
            .ToHashSet();
}
