using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Edge.Notes;

/// <summary>The few file operations that .NET does not offer: opening without following links or waiting on pipes, fsync
/// of a folder, and swapping two files in one step. Linux only; elsewhere the nearest managed form.</summary>
internal static partial class NativeFiles
{
    // Values of the kernel's generic and x86 headers. O_NOFOLLOW and O_DIRECTORY differ on Arm.
    private const int NonBlock = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int RenameExchange = 2;
    private const int CurrentFolder = -100;

    private static readonly bool IsArm =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    private static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    /// <summary>Opens for reading. Never blocks on a named pipe and never follows a link in the last part.</summary>
    /// <exception cref="IOException">It cannot be opened; the message is the system's.</exception>
    public static SafeFileHandle OpenRead(string fullPath)
    {
        if (!OperatingSystem.IsLinux())
            return File.OpenHandle(fullPath);
        var descriptor = open(fullPath, NonBlock | CloseOnExec | NoFollow);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    /// <summary>Makes names created in or moved into the folder survive a power cut.</summary>
    public static void FlushFolder(string fullPath)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = open(fullPath, DirectoryOnly | CloseOnExec);
        if (descriptor < 0)
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // Some file systems (vfat on a stick) refuse fsync on folders with EINVAL; the rename itself is done.
        const int einval = 22;
        if (fsync(handle) != 0 && Marshal.GetLastPInvokeError() is not einval and var error)
            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    /// <summary>Swaps two files of one folder in one step. False when this file system cannot.</summary>
    public static bool Exchange(string first, string second)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            return renameat2(CurrentFolder, first, CurrentFolder, second, RenameExchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int renameat2(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);
}
