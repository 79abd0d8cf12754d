namespace Edge.Slots.Disk;

/// <summary>
/// What the slots do to a disk. Its second implementation is a test's disk that loses power at any of these calls: data
/// that was not made durable by the fsync of its file, and names that were not by the fsync of their folder, may be gone.
/// </summary>
internal interface ISlotDisk
{
    /// <summary>Makes a folder where there is none, durably.</summary>
    void CreateFolder(string path);

    bool Exists(string path);

    byte[] ReadAll(string path, long bytesMax);

    Stream OpenRead(string path);

    long FreeBytes(string folder);

    /// <summary>Bytes of all files of a folder.</summary>
    long BytesIn(string folder);

    void DeleteFiles(string folder);

    /// <summary>A new empty file, over whatever was there.</summary>
    ISlotDiskFile Create(string path);

    /// <summary>Replaces the target in one step.</summary>
    void Rename(string from, string to);

    void FsyncFolder(string path);
}

internal interface ISlotDiskFile : IDisposable
{
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when the content is on the disk.</summary>
    void Fsync();
}
