using Edge.Link;

namespace Edge.Host.Tests;

public sealed class DeviceFinderTests : HostTest
{
    private SearchPlaces Places => new(Temp["by-id"], Temp["dev"], Temp["running"]);

    [Fact]
    public void Without_any_device_the_message_says_what_to_do()
    {
        var error = Assert.Throws<LinkException>(() => DeviceFinder.Choose(null, Places));
        Assert.Contains("edge simulate", error.Message);
        Assert.Equal("unix:x", DeviceFinder.Choose("unix:x", Places));
    }

    [Fact]
    public void A_usb_device_is_found_by_its_name_and_not_a_second_time_by_its_port()
    {
        Directory.CreateDirectory(Temp["by-id"]);
        Directory.CreateDirectory(Temp["dev"]);
        File.WriteAllText(Temp["dev/ttyACM0"], "");
        File.WriteAllText(Temp["dev/ttyACM1"], "");
        File.CreateSymbolicLink(Temp["by-id/usb-Edge_Edge_notes_12-if00"], Temp["dev/ttyACM0"]);
        var found = DeviceFinder.Find(Places);
        Assert.Equal(["usb", "serial"], found.Select(device => device.Kind));
        Assert.Equal("serial:" + Temp["dev/ttyACM1"], found[1].Link);
        Assert.Equal("serial:" + Temp["by-id/usb-Edge_Edge_notes_12-if00"], DeviceFinder.Choose(null, Places));
    }

    [Fact]
    public void A_running_simulated_device_is_found_until_it_ends_and_stale_files_are_removed()
    {
        using (RunningDevices.Register(Places.Running, "unix:/tmp/x.sock"))
        {
            File.WriteAllText(Path.Combine(Places.Running, "9.link"), "unix:/tmp/dead.sock\n2147483646\n");
            File.WriteAllText(Path.Combine(Places.Running, "8.link"), "garbage");
            Assert.Equal([new FoundDevice("unix:/tmp/x.sock", "simulated")], DeviceFinder.Find(Places));
            Assert.Single(Directory.GetFiles(Places.Running));
        }
        Assert.Empty(DeviceFinder.Find(Places));
    }

    [Fact]
    public void The_folder_of_running_devices_is_its_users_alone()
    {
        using var registration = RunningDevices.Register(Places.Running, "unix:/tmp/x.sock");
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Places.Running)
        );
        File.SetUnixFileMode(Places.Running, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        Assert.Throws<IOException>(() => RunningDevices.Register(Places.Running, "unix:/tmp/y.sock"));
        File.SetUnixFileMode(Places.Running, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Several_devices_are_listed_for_the_user_to_choose()
    {
        Directory.CreateDirectory(Temp["by-id"]);
        File.WriteAllText(Temp["by-id/usb-Edge_1"], "");
        File.WriteAllText(Temp["by-id/usb-Edge_2"], "");
        var error = Assert.Throws<LinkException>(() => DeviceFinder.Choose(null, Places));
        Assert.Contains("usb-Edge_1", error.Message);
        Assert.Contains("--device", error.Message);
    }
}
