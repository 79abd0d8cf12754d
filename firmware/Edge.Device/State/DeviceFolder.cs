namespace Edge.Device.State;

/// <summary>Where everything lies in the device's data folder. Only the notes cannot be made again.</summary>
public sealed class DeviceFolder
{
    /// <summary>Makes the folder and its parts where they are missing.</summary>
    /// <exception cref="IOException">It cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public DeviceFolder(string root)
    {
        Root = Path.GetFullPath(root);
        foreach (var folder in new[] { Root, Notes, Summaries, Slots, Sync })
            Directory.CreateDirectory(folder);
    }

    public string Root { get; }

    /// <summary>The vault.</summary>
    public string Notes => Path.Combine(Root, "notes");

    /// <summary>Derived from the notes.</summary>
    public string Summaries => Path.Combine(Root, "summaries");

    /// <summary>Derived from the notes.</summary>
    public string Index => Path.Combine(Root, "index.db");

    /// <summary>What models computed for the beginnings of prompts; any of it may be deleted.</summary>
    public string Prompts => Path.Combine(Root, "cache", "prompts");

    public string Slots => Path.Combine(Root, "slots");

    /// <summary>One file per host folder: both sides as they were after the last sync.</summary>
    public string Sync => Path.Combine(Root, "sync");

    public string Identity => Path.Combine(Root, "device.json");

    /// <summary>
    /// Replaces a file of the device's own whole: temporary file, fsync, rename. A cut leaves the old or the new one;
    /// that the rename itself may be lost is harmless for what is kept this way.
    /// </summary>
    internal static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
