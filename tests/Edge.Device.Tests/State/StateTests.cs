using Edge.Device.State;
using Edge.TestKit;

namespace Edge.Device.Tests.State;

public sealed class StateTests : IDisposable
{
    private const string Vault = "0123456789abcdef0123456789abcdef";
    private static readonly string Hash = new('a', 64);
    private readonly TempFolder temp = new();
    private readonly List<string> log = [];

    public void Dispose() => temp.Dispose();

    private DeviceFolder Folder => new(temp["device"]);

    [Fact]
    public void A_device_keeps_its_id_and_takes_a_new_name()
    {
        var first = DeviceIdentity.LoadOrCreate(Folder, null, log.Add);
        var renamed = DeviceIdentity.LoadOrCreate(Folder, "Kitchen", log.Add);
        Assert.Equal(renamed, DeviceIdentity.LoadOrCreate(Folder, null, log.Add));
        Assert.Equal((first.Id, "Edge", "Kitchen"), (renamed.Id, first.Name, renamed.Name));
        Assert.Matches("^[0-9a-f]{32}$", first.Id);
        Assert.Empty(log);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"id": "abc", "name": "x"}""")]
    [InlineData("""{"id": "../../etc/passwd/../../etc/passw", "name": "x"}""")]
    public void A_damaged_identity_is_set_aside_and_reported(string content)
    {
        File.WriteAllText(Folder.Identity, content);
        var made = DeviceIdentity.LoadOrCreate(Folder, null, log.Add);
        Assert.Matches("^[0-9a-f]{32}$", made.Id);
        Assert.Equal(content, File.ReadAllText(Folder.Identity + ".damaged"));
        Assert.Contains("damaged", Assert.Single(log));
    }

    [Fact]
    public void A_common_state_comes_back_as_it_was_saved()
    {
        var states = new CommonStates(Folder, log.Add);
        var state = new Dictionary<string, string> { ["a b.md"] = Hash, ["ordner/ä.md"] = new string('b', 64) };
        Assert.Empty(states.Load(Vault));
        states.Save(Vault, state);
        Assert.Equivalent(state, states.Load(Vault), strict: true);
        Assert.Empty(states.Load(Vault.Replace('0', '1')));
    }

    [Fact]
    public void A_common_state_cut_anywhere_counts_as_none()
    {
        var states = new CommonStates(Folder, log.Add);
        states.Save(Vault, new Dictionary<string, string> { ["a.md"] = Hash, ["b.md"] = Hash });
        var path = Path.Combine(Folder.Sync, Vault + ".txt");
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Empty(states.Load(Vault));
        }
        Assert.Equal(whole.Length, log.Count);
    }

    [Theory]
    [InlineData("../../etc/passwd000")]
    [InlineData("short")]
    [InlineData("0123456789ABCDEF")]
    public void A_folder_id_that_is_none_is_refused(string id) =>
        Assert.Throws<ArgumentException>(() => new CommonStates(Folder, log.Add).Load(id));

    [Fact]
    public void The_clock_takes_the_hosts_time_and_offset_and_refuses_nonsense()
    {
        var clock = new DeviceClock(TimeProvider.System);
        var noon = new DateTimeOffset(2031, 5, 6, 12, 0, 0, TimeSpan.Zero);
        clock.Set(noon.Ticks, 120);
        Assert.InRange(clock.GetUtcNow(), noon, noon.AddMinutes(1));
        Assert.Equal(14, clock.GetLocalNow().Hour);
        clock.Set(-1, 0);
        clock.Set(long.MaxValue, 0);
        clock.Set(noon.Ticks, 100_000);
        clock.Set(noon.Ticks, int.MinValue);
        Assert.InRange(clock.GetUtcNow(), noon, noon.AddMinutes(1));
        clock.Set(DateTimeOffset.MaxValue.Ticks, 0);
        Assert.True(clock.GetUtcNow() > noon || clock.GetUtcNow() > DateTimeOffset.MinValue);
    }
}
