using System.Runtime.InteropServices;

namespace Edge.Inference;

/// <summary>Zeroed memory outside the managed heap, aligned to a cache line: it never moves and never costs a collection.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    /// <param name="length">Elements, 0 or more.</param>
    public NativeBuffer(long length)
    {
        Length = length;
        Pointer = (T*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, length) * (nuint)sizeof(T), Alignment);
        NativeMemory.Clear(Pointer, (nuint)length * (nuint)sizeof(T));
        GC.AddMemoryPressure(Math.Max(1, Bytes));
    }

    ~NativeBuffer() => Free();

    public T* Pointer { get; private set; }

    public long Length { get; }

    public long Bytes => Length * sizeof(T);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer is null)
            return;
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.RemoveMemoryPressure(Math.Max(1, Bytes));
    }
}
