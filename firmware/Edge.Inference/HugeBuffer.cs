using System.Runtime.InteropServices;

namespace Edge.Inference;

/// <summary>
/// A large block of memory that asks the kernel for huge pages: with 4 KiB pages two threads read weights at little more
/// than half the speed. Where there is no madvise it is ordinary memory.
/// </summary>
internal sealed unsafe partial class HugeBuffer : IDisposable
{
    private const int ProtectReadWrite = 3;
    private const int MapPrivateAnonymous = 0x22;
    private const int AdviseHugePages = 14;
    private const int AdviseNoHugePages = 15;

    private const nuint HugePageBytes = 2 << 20;

    private void* _allocation;
    private readonly nuint _allocationBytes;

    /// <param name="bytes">1 or more; the memory is zero.</param>
    /// <param name="purpose">What it is for, with what else can be done: the end of the message when there is none.</param>
    /// <param name="hugePages">False asks for ordinary pages, as far as the system listens.</param>
    /// <exception cref="InsufficientMemoryException">The system has no such block.</exception>
    public HugeBuffer(long bytes, string purpose, bool hugePages = true)
    {
        if (!OperatingSystem.IsLinux())
        {
            _allocation = NativeMemory.AllocZeroed((nuint)bytes);
            Pointer = (byte*)_allocation;
            return;
        }
        // One page more, so that the data can start at a huge page's boundary.
        _allocationBytes = (((nuint)bytes + HugePageBytes - 1) / HugePageBytes * HugePageBytes) + HugePageBytes;
        _allocation = Map(null, _allocationBytes, ProtectReadWrite, MapPrivateAnonymous, -1, 0);
        if ((nint)_allocation == -1)
        {
            _allocation = null;
            throw new InsufficientMemoryException($"the system has no block of {bytes:N0} bytes {purpose}");
        }
        Pointer = (byte*)(((nuint)_allocation + HugePageBytes - 1) / HugePageBytes * HugePageBytes);
        // A kernel without huge pages refuses; the memory is as good, only slower.
        var advice = hugePages ? AdviseHugePages : AdviseNoHugePages;
        _ = Advise(Pointer, _allocationBytes - HugePageBytes, advice);
    }

    ~HugeBuffer() => Free();

    /// <summary>Aligned to 64 bytes or more.</summary>
    public byte* Pointer { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_allocation is null)
            return;
        if (_allocationBytes == 0)
            NativeMemory.Free(_allocation);
        else
            _ = Unmap(_allocation, _allocationBytes);
        _allocation = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
