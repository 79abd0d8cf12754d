using System.Runtime.InteropServices;

namespace Edge.Link.Addresses;

/// <summary>Opens terminals the way links need them.</summary>
internal static class Tty
{
    /// <exception cref="LinkException">This is not Linux.</exception>
    public static void RequireLinux(string form)
    {
        if (!OperatingSystem.IsLinux())
            throw new LinkException($"{form} links work on Linux only; use unix:PATH on this system");
    }

    /// <summary>Opens a tty raw, for this program alone.</summary>
    /// <exception cref="LinkException">Missing, not permitted, no tty, or in use.</exception>
    public static int OpenExclusive(string path)
    {
        var fd = LibC.Open(path, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw error == LibC.EBUSY
                ? InUse(path)
                : new LinkException(
                    $"cannot open serial:{path}: {TtyHandle.LastError()}: is it plugged in, and may you use it?"
                );
        }
        try
        {
            // TIOCEXCL stops every other program but root's; the lock stops another edge, root's too.
            if (LibC.FLock(fd, LibC.LOCK_EX | LibC.LOCK_NB) != 0)
                throw InUse(path);
            MakeRaw(fd, path);
            LibC.IoCtl(fd, LibC.TIOCEXCL, 0);
            return fd;
        }
        catch
        {
            LibC.Close(fd);
            throw;
        }
    }

    /// <summary>No echo, no line editing, no translation: every byte arrives as it was sent.</summary>
    public static unsafe void MakeRaw(int fd, string path)
    {
        if (LibC.TcGetAttr(fd, out var termios) != 0)
            throw new LinkException($"serial:{path} is no terminal: {TtyHandle.LastError()}");
        LibC.CfMakeRaw(ref termios);
        LibC.CfSetSpeed(ref termios, LibC.B115200);
        termios.ControlModes = (termios.ControlModes | LibC.CLOCAL | LibC.CREAD) & ~LibC.CRTSCTS;
        termios.ControlCharacters[LibC.VMIN] = 1;
        termios.ControlCharacters[LibC.VTIME] = 0;
        if (LibC.TcSetAttr(fd, LibC.TCSANOW, in termios) != 0)
            throw new LinkException($"cannot set serial:{path} to raw mode: {TtyHandle.LastError()}");
    }

    private static LinkException InUse(string path) =>
        new($"serial:{path} is in use by another program: close it and try again");
}
