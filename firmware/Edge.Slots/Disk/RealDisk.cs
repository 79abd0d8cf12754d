using System.Runtime.InteropServices;

namespace Edge.Slots.Disk;

/// <summary>The disk of this computer.</summary>
internal sealed partial class RealDisk : ISlotDisk
{
    public void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        Directory.CreateDirectory(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent)
            FsyncFolder(parent);
    }

    public bool Exists(string path) => File.Exists(path);

    public byte[] ReadAll(string path, long bytesMax)
    {
        using var file = OpenRead(path);
        if (file.Length > bytesMax)
            throw new IOException($"{path} has {file.Length:N0} bytes, at most {bytesMax:N0} were expected");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public Stream OpenRead(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    public long FreeBytes(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    public long BytesIn(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);

    public void DeleteFiles(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
            File.Delete(path);
    }

    public ISlotDiskFile Create(string path) =>
        new RealFile(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void FsyncFolder(string path)
    {
        // Windows keeps names durable by itself and has no call for it.
        if (OperatingSystem.IsWindows())
            return;
        var fd = Open(path, 0);
        if (fd < 0)
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        try
        {
            if (Fsync(fd) != 0)
                throw new IOException(
                    $"{path}: fsync: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}"
                );
        }
        finally
        {
            _ = Close(fd);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int fd);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int fd, long offset, long bytes, int advice);

    private sealed class RealFile(FileStream file) : ISlotDiskFile
    {
        public void Write(ReadOnlySpan<byte> bytes) => file.Write(bytes);

        /// <summary>Also lets go of the pages in memory, so that reading back reads the disk.</summary>
        public void Fsync()
        {
            const int DontNeed = 4;
            file.Flush(flushToDisk: true);
            if (OperatingSystem.IsLinux())
                _ = Advise((int)file.SafeFileHandle.DangerousGetHandle(), 0, 0, DontNeed);
        }

        public void Dispose() => file.Dispose();
    }
}
