using System.Runtime.InteropServices;

namespace Edge.Bench.Limits;

/// <summary>
/// Memory of the system's own, with huge pages or, as far as the system listens, without; given back whole, so that it does
/// not count as the memory of what is measured next. Where there is no mmap it is ordinary memory.
/// </summary>
internal sealed unsafe partial class PageBuffer : IDisposable
{
    private const int ProtectReadWrite = 3;
    private const int MapPrivateAnonymous = 0x22;
    private const int AdviseHugePages = 14;
    private const int AdviseNoHugePages = 15;
    private const nuint HugePageBytes = 2 << 20;

    private readonly nuint _mappedBytes;
    private void* _memory;

    /// <param name="bytes">1 or more; the memory is zero.</param>
    /// <exception cref="InsufficientMemoryException">The system has no such block.</exception>
    public PageBuffer(long bytes, bool hugePages)
    {
        if (!OperatingSystem.IsLinux())
        {
            _memory = NativeMemory.AllocZeroed((nuint)bytes);
            Start = (byte*)_memory;
            return;
        }
        // One page more, so that the data can start at a huge page's boundary.
        _mappedBytes = (((nuint)bytes + HugePageBytes - 1) / HugePageBytes * HugePageBytes) + HugePageBytes;
        _memory = Map(null, _mappedBytes, ProtectReadWrite, MapPrivateAnonymous, -1, 0);
        if ((nint)_memory == -1)
        {
            _memory = null;
            throw new InsufficientMemoryException(
                $"the system has no block of {bytes:N0} bytes to measure its memory with: measure a smaller model"
            );
        }
        Start = (byte*)(((nuint)_memory + HugePageBytes - 1) / HugePageBytes * HugePageBytes);
        // A kernel without huge pages refuses; then both kinds are the same.
        _ = Advise(_memory, _mappedBytes, hugePages ? AdviseHugePages : AdviseNoHugePages);
    }

    ~PageBuffer() => Free();

    public byte* Start { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_memory is null)
            return;
        if (_mappedBytes == 0)
            NativeMemory.Free(_memory);
        else
            _ = Unmap(_memory, _mappedBytes);
        _memory = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
