using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Edge.Inference;

/// <summary>
/// A file mapped read-only into memory, or one that was inside another. Every access goes through a bounds check here, or through a pointer whose
/// range was checked with <see cref="Need"/>. The file must not be made shorter while it is open.
/// </summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;
    private readonly NativeBuffer<byte>? copy;
    private byte* start;
    private bool disposed;

    private MappedFile(string path, FileStream stream)
    {
        Path = path;
        Name = System.IO.Path.GetFileName(path);
        Length = stream.Length;
        if (Length == 0)
            return; // An empty file cannot be mapped.

        map = MemoryMappedFile.CreateFromFile(
            stream,
            mapName: null,
            capacity: 0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: true
        );
        view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
    }

    private MappedFile(string name, ReadOnlySpan<byte> bytes)
    {
        Path = Name = name;
        Length = bytes.Length;
        copy = new NativeBuffer<byte>(bytes.Length);
        start = copy.Pointer;
        bytes.CopyTo(new Span<byte>(start, bytes.Length));
    }

    public string Path { get; }

    /// <summary>The file name without its folder: how messages call the file.</summary>
    public string Name { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: give the path of a model file.");
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return new MappedFile(path, stream);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} may not be read: {e.Message}", e);
        }
    }

    /// <summary>A file that came inside another one: the bytes are copied.</summary>
    /// <param name="name">How messages call it.</param>
    public static MappedFile Of(string name, ReadOnlySpan<byte> bytes) => new(name, bytes);

    /// <summary>Address of <paramref name="offset"/>, after checking that <paramref name="count"/> bytes follow.</summary>
    public byte* At(long offset, long count)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (offset < 0 || count < 0 || offset > Length || count > Length - offset)
            throw new ArgumentOutOfRangeException(
                nameof(offset),
                $"{Name}: {count:N0} bytes at {offset:N0} are not in the file"
            );
        return start + offset;
    }

    /// <summary>The bytes from <paramref name="offset"/> on, checked.</summary>
    public ReadOnlySpan<byte> Span(long offset, int count) => new(At(offset, count), count);

    /// <summary>Refuses the file when it ends before <paramref name="count"/> bytes at <paramref name="offset"/>.</summary>
    public void Need(string what, long offset, long count)
    {
        if (offset > Length || count > Length - offset)
            throw Bad(
                $"{what} needs {count:N0} bytes at {offset:N0}, the file ends at {Length:N0}: was the copy cut short? Copy it again."
            );
    }

    /// <summary>The refusal of this file; the message starts with its name.</summary>
    public ModelFormatException Bad(string message) => new($"{Name}: {message}");

    /// <summary>Gives back the memory of the whole pages in a range; they are read again when they are needed.</summary>
    public void Drop(byte* from, long bytes)
    {
        const int NotNeeded = 4;
        var page = (nint)Environment.SystemPageSize;
        var first = ((nint)from + page - 1) / page * page;
        var end = (nint)(from + bytes) / page * page;
        if (view is not null && OperatingSystem.IsLinux() && end > first)
            _ = Advise((void*)first, (nuint)(end - first), NotNeeded);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        if (start is not null)
            view?.SafeMemoryMappedViewHandle.ReleasePointer();
        start = null;
        copy?.Dispose();
        view?.Dispose();
        map?.Dispose();
    }
}
