using System.Runtime.InteropServices;

namespace Edge.Link.Addresses;

/// <summary>The C library's terminal calls. Numbers and layouts are those of glibc on linux-x64 and linux-arm64, which agree.</summary>
internal static partial class LibC
{
    public const int O_RDWR = 0x2;
    public const int O_NOCTTY = 0x100;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    public const short POLLIN = 0x1;
    public const short POLLOUT = 0x4;
    public const short POLLERR = 0x8;
    public const short POLLHUP = 0x10;
    public const short POLLNVAL = 0x20;

    public const int EINTR = 4;
    public const int EIO = 5;
    public const int EAGAIN = 11;
    public const int EBUSY = 16;

    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int TCSANOW = 0;
    public const uint B115200 = 0x1002;

    /// <summary>Control modes: receiver on, modem lines ignored, no hardware flow control.</summary>
    public const uint CREAD = 0x80;
    public const uint CLOCAL = 0x800;
    public const uint CRTSCTS = 0x80000000;

    /// <summary>Indices in <see cref="Termios.ControlCharacters"/>.</summary>
    public const int VTIME = 5;
    public const int VMIN = 6;

    public const nuint TIOCEXCL = 0x540C;
    public const nuint TIOCNXCL = 0x540D;

    /// <summary>60 bytes: four modes, the line discipline, 32 control characters, 3 bytes of padding, two speeds.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Termios
    {
        public uint InputModes;
        public uint OutputModes;
        public uint ControlModes;
        public uint LocalModes;
        public byte LineDiscipline;
        public fixed byte ControlCharacters[32];
        public uint InputSpeed;
        public uint OutputSpeed;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    /// <summary>Whether a path is a socket file; connecting to a plain file or a FIFO is refused just as to a dead socket.</summary>
    public static unsafe bool IsSocket(string path)
    {
        const int CurrentFolder = -100;
        const int NoFollow = 0x100;
        const uint TypeOnly = 1;
        const int ModeOffset = 28;
        const int TypeBits = 0xF000;
        const int Socket = 0xC000;
        if (!OperatingSystem.IsLinux())
            return false;
        Span<byte> answer = stackalloc byte[256];
        fixed (byte* start = answer)
        {
            return StatX(CurrentFolder, path, NoFollow, TypeOnly, start) == 0
                && (BitConverter.ToUInt16(answer[ModeOffset..]) & TypeBits) == Socket;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static unsafe partial int Poll(PollFd* fds, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoCtl(int fd, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int FLock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int TcGetAttr(int fd, out Termios termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int TcSetAttr(int fd, int when, in Termios termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void CfMakeRaw(ref Termios termios);

    [LibraryImport("libc", EntryPoint = "cfsetspeed", SetLastError = true)]
    public static partial int CfSetSpeed(ref Termios termios, uint speed);

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int PosixOpenPt(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    public static partial int GrantPt(int fd);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int UnlockPt(int fd);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    public static unsafe partial int PtsName(int fd, byte* buffer, nuint bytes);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* answer);
}
