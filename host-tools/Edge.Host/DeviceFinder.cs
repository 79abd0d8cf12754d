using Edge.Link;

namespace Edge.Host;

/// <param name="Link">What --device takes.</param>
/// <param name="Kind">"usb", "simulated", or "serial": a port that may be something else.</param>
public sealed record FoundDevice(string Link, string Kind);

/// <summary>Where devices are looked for.</summary>
/// <param name="SerialById">Names of serial ports by what is attached.</param>
/// <param name="Dev">The ports themselves.</param>
/// <param name="Running">See <see cref="RunningDevices"/>.</param>
public sealed record SearchPlaces(string SerialById, string Dev, string Running)
{
    public static SearchPlaces Default { get; } = new("/dev/serial/by-id", "/dev", RunningDevices.DefaultFolder());
}

/// <summary>Looks for devices without opening any.</summary>
public static class DeviceFinder
{
    /// <summary>USB devices, then simulated ones, then serial ports that have no better name.</summary>
    public static IReadOnlyList<FoundDevice> Find(SearchPlaces places)
    {
        var usb = Files(places.SerialById, "*Edge*");
        var known = usb.Select(Target).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. usb.Select(path => new FoundDevice("serial:" + path, "usb")),
            .. RunningDevices.Find(places.Running).Select(device => new FoundDevice(device.Link, "simulated")),
            .. Files(places.Dev, "ttyACM*")
                .Where(path => !known.Contains(path))
                .Select(path => new FoundDevice("serial:" + path, "serial")),
        ];
    }

    /// <summary>The link to use: the one given, or the only device there is.</summary>
    /// <param name="link">--device, or null.</param>
    /// <exception cref="LinkException">There is no device, or there are several; the message lists them.</exception>
    public static string Choose(string? link, SearchPlaces places)
    {
        if (link is not null)
            return link;
        var found = Find(places);
        // A port that may be anything is taken only when there is nothing better.
        var sure = found.Where(device => device.Kind != "serial").ToArray();
        var candidates = sure.Length > 0 ? sure : [.. found];
        return candidates switch
        {
            [] => throw new LinkException(
                "no device found: attach one by USB, start one with `edge simulate`, or name it with --device LINK"
            ),
            [var only] => only.Link,
            _ => throw new LinkException(
                $"{candidates.Length} devices found, say which with --device: "
                    + string.Join(", ", candidates.Select(device => device.Link))
            ),
        };
    }

    private static string[] Files(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)]
                : [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Target(string path) => File.ResolveLinkTarget(path, true)?.FullName ?? path;
}
