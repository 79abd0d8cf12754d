using System.Buffers.Binary;
using System.Text;

namespace Edge.Inference.Gguf;

// A GGUF file, little endian, is:
//  1. the four bytes "GGUF"
//  2. u32 version: 2 or 3, which are the same when little endian
//  3. u64 number of tensors
//  4. u64 number of metadata pairs
//  5. the pairs, each: string key, u32 value type, value
//     - string: u64 bytes, then UTF-8 without a zero at the end
//     - array: u32 element type, u64 elements, then the elements; no arrays within arrays here
//     - bool: one byte, 0 or 1
//  6. the table of tensors, each: string name, u32 number of dimensions, u64 each dimension (columns first),
//     u32 storage type, u64 offset from the start of the tensor data
//  7. zeros up to a multiple of general.alignment (u32 metadata; 32 when absent)
//  8. the tensor data; every tensor starts at a multiple of the alignment, and no two share a byte
// Nothing is believed: each count, length, type, dimension and offset is held against GgufLimits and the length of the
// file before it is used.

/// <summary>
/// An open GGUF file of any kind: header, metadata, table of tensors. Whether Edge can run what is in it is decided by
/// <see cref="ModelFile"/>.
/// </summary>
public sealed class GgufFile : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, GgufTensor> byName = new(StringComparer.Ordinal);
    private readonly List<GgufTensor> tensors = [];
    private readonly bool ownsFile;
    private long position;

    private GgufFile(MappedFile file, bool ownsFile)
    {
        File = file;
        this.ownsFile = ownsFile;
        Metadata = new GgufMetadata(file);
    }

    public string Path => File.Path;

    public int Version { get; private set; }

    /// <summary>Bytes; a power of two.</summary>
    public int Alignment { get; private set; }

    public long FileBytes => File.Length;

    /// <summary>Where the tensor data starts, from the start of the file.</summary>
    public long DataOffset { get; private set; }

    public GgufMetadata Metadata { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<GgufTensor> Tensors => tensors;

    internal MappedFile File { get; }

    /// <exception cref="ModelFormatException">The bytes are not a GGUF file, or a damaged one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static GgufFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return Read(file, ownsFile: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Null when there is no tensor of this name.</summary>
    public GgufTensor? FindTensor(string name) => byName.GetValueOrDefault(name);

    public void Dispose()
    {
        if (ownsFile)
            File.Dispose();
    }

    internal static bool HasMagic(MappedFile file) => file.Length >= 4 && file.Span(0, 4).SequenceEqual("GGUF"u8);

    /// <param name="ownsFile">Disposing the result disposes the mapping.</param>
    internal static GgufFile Read(MappedFile file, bool ownsFile)
    {
        if (!HasMagic(file))
            throw file.Bad("is not a GGUF file: its first four bytes are not \"GGUF\".");

        var gguf = new GgufFile(file, ownsFile) { position = 4 };
        gguf.Version = gguf.ReadVersion();
        var tensorCount = gguf.ReadCount("the number of tensors", GgufLimits.TensorCountMax);
        var pairCount = gguf.ReadCount("the number of metadata pairs", GgufLimits.MetadataCountMax);
        for (var i = 0; i < pairCount; i++)
            gguf.ReadPair(i);
        gguf.Alignment = gguf.ReadAlignment();
        gguf.ReadTensors(tensorCount);
        return gguf;
    }

    private int ReadVersion()
    {
        var version = ReadU32("the version");
        if (version is >= GgufLimits.VersionMin and <= GgufLimits.VersionMax)
            return (int)version;
        var reason = version switch
        {
            1 => "GGUF version 1 is out of use. Convert the model again with a current converter.",
            _ when BinaryPrimitives.ReverseEndianness(version) is >= 1 and <= 0xFFFF && (version & 0xFFFF) == 0 =>
                "is a big-endian GGUF file; Edge reads little endian. Convert the model again for this kind of machine.",
            _ =>
                $"GGUF version {version} is not one Edge knows; it reads {GgufLimits.VersionMin} and {GgufLimits.VersionMax}. Update Edge or convert the model again.",
        };
        throw File.Bad(reason);
    }

    private void ReadPair(int index)
    {
        var key = ReadName($"the key of metadata pair {index:N0}", GgufLimits.KeyBytesMax);
        var shown = Printable.Show(key);
        var type = (GgufValueType)ReadU32($"the type of {shown}");
        var value = type == GgufValueType.Array ? ReadArray(shown) : ReadScalar(type, shown);
        if (!Metadata.TryAdd(key, value))
            throw File.Bad($"metadata key {shown} is there twice. Convert the model again.");
    }

    private GgufValue ReadScalar(GgufValueType type, string key)
    {
        var size = GgufValue.SizeOf(type);
        if (size < 0)
            throw File.Bad($"{key} has value type {(uint)type}, which GGUF does not define.");
        var at = position;
        if (type == GgufValueType.String)
            SkipString(key, element: -1);
        else
            Skip(key, size);
        if (type == GgufValueType.Bool && File.Span(at, 1)[0] > 1)
            throw File.Bad($"{key} must be a bool, 0 or 1, found {File.Span(at, 1)[0]}.");
        return new GgufValue(type, GgufValue.ReadOne(File, type, ref at));
    }

    private GgufValue ReadArray(string key)
    {
        var elementType = (GgufValueType)ReadU32($"the element type of {key}");
        if (elementType == GgufValueType.Array)
            throw File.Bad($"{key} is an array of arrays, which Edge does not read.");
        var size = GgufValue.SizeOf(elementType);
        if (size < 0)
            throw File.Bad($"{key} has element type {(uint)elementType}, which GGUF does not define.");
        var count = ReadCount($"the number of elements of {key}", GgufLimits.ArrayCountMax);
        var start = position;
        if (elementType == GgufValueType.String)
        {
            // The shortest string takes 8 bytes: a count that cannot fit is refused before the walk.
            File.Need(key, position, 8L * count);
            for (var i = 0; i < count; i++)
                SkipString(key, i);
        }
        else
        {
            Skip(key, (long)size * count);
        }
        return new GgufValue(elementType, count, File, start);
    }

    private int ReadAlignment()
    {
        const string key = "general.alignment";
        var alignment = Metadata.Int(key, 0, int.MaxValue) is { } written ? written : GgufLimits.AlignmentDefault;
        if (alignment is < GgufLimits.AlignmentMin or > GgufLimits.AlignmentMax || !int.IsPow2(alignment))
            throw File.Bad(
                $"{key} must be a power of two from {GgufLimits.AlignmentMin} to {GgufLimits.AlignmentMax:N0}, found {alignment:N0}."
            );
        return alignment;
    }

    private void ReadTensors(int count)
    {
        // Name length, one dimension, its size, type and offset: no table entry is shorter.
        File.Need("the table of tensors", position, 32L * count);
        for (var i = 0; i < count; i++)
        {
            var tensor = ReadTensor(i);
            if (!byName.TryAdd(tensor.Name, tensor))
                throw File.Bad($"tensor {Printable.Show(tensor.Name)} is there twice. Convert the model again.");
            tensors.Add(tensor);
        }
        DataOffset = (position + Alignment - 1) / Alignment * Alignment;

        // Offsets count from the end of the table, which is known only now.
        for (var i = 0; i < count; i++)
        {
            var placed = tensors[i] with { Offset = DataOffset + tensors[i].Offset };
            File.Need($"tensor {Printable.Show(placed.Name)}", placed.Offset, placed.Bytes);
            tensors[i] = placed;
            byName[placed.Name] = placed;
        }
        RefuseOverlaps();
    }

    private void RefuseOverlaps()
    {
        GgufTensor? before = null;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset))
        {
            if (before is not null && tensor.Offset < before.Offset + before.Bytes)
                throw File.Bad(
                    $"tensors {Printable.Show(before.Name)} and {Printable.Show(tensor.Name)} overlap in the data. Convert the model again."
                );
            before = tensor;
        }
    }

    /// <summary>One entry of the table; its offset still counts from the start of the data.</summary>
    private GgufTensor ReadTensor(int index)
    {
        var name = ReadName($"the name of tensor {index:N0}", GgufLimits.TensorNameBytesMax);
        var what = $"tensor {Printable.Show(name)}";
        var dimensions = ReadU32($"the number of dimensions of {what}");
        if (dimensions is 0 or > GgufLimits.DimensionsMax)
            throw File.Bad($"{what} must have 1 to {GgufLimits.DimensionsMax} dimensions, found {dimensions:N0}.");

        var dims = new long[dimensions];
        var elements = 1L;
        for (var d = 0; d < dims.Length; d++)
        {
            var dim = ReadU64($"dimension {d} of {what}");
            if (dim == 0)
                throw File.Bad($"{what} has a dimension of zero. Convert the model again.");
            if (dim > (ulong)(GgufLimits.TensorElementsMax / elements))
                throw File.Bad($"{what} has more than {GgufLimits.TensorElementsMax:N0} elements.");
            dims[d] = (long)dim;
            elements *= (long)dim;
        }

        var number = ReadU32($"the type of {what}");
        var type =
            GgufTensorType.Find(number)
            ?? throw File.Bad(
                $"{what} has storage type {number}, which Edge does not know; Edge reads {GgufTensorType.ComputedNames}."
            );
        if (dims[0] % type.BlockElements != 0)
            throw File.Bad(
                $"{what} has {dims[0]:N0} columns; {type.Name} needs a multiple of {type.BlockElements}. Convert the model again."
            );
        var offset = ReadU64($"the offset of {what}");
        if (offset > (ulong)File.Length)
            throw File.Bad(
                $"{what} starts {offset:N0} bytes into the data, the file ends at {File.Length:N0}: was the copy cut short? Copy it again."
            );
        if (offset % (ulong)Alignment != 0)
            throw File.Bad($"{what} starts at {offset:N0}, which is not a multiple of the alignment, {Alignment:N0}.");
        return new GgufTensor(name, type, dims, (long)offset, elements / type.BlockElements * type.BlockBytes);
    }

    private uint ReadU32(string what)
    {
        Skip(what, 4);
        return BinaryPrimitives.ReadUInt32LittleEndian(File.Span(position - 4, 4));
    }

    private ulong ReadU64(string what)
    {
        Skip(what, 8);
        return BinaryPrimitives.ReadUInt64LittleEndian(File.Span(position - 8, 8));
    }

    private int ReadCount(string what, int max)
    {
        var count = ReadU64(what);
        if (count > (ulong)max)
            throw File.Bad($"{what} must be at most {max:N0}, found {count:N0}: the file is damaged. Copy it again.");
        return (int)count;
    }

    private string ReadName(string what, int bytesMax)
    {
        var length = ReadU64(what);
        if (length == 0 || length > (ulong)bytesMax)
            throw File.Bad($"{what} must have 1 to {bytesMax:N0} bytes, found {length:N0}: the file is damaged.");
        Skip(what, (long)length);
        try
        {
            return StrictUtf8.GetString(File.Span(position - (long)length, (int)length));
        }
        catch (DecoderFallbackException)
        {
            throw File.Bad($"{what} is not valid UTF-8: the file is damaged. Copy it again.");
        }
    }

    /// <param name="element">Index in an array, or -1 for a value of its own.</param>
    private void SkipString(string key, int element)
    {
        if (File.Length - position >= 8)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(File.Span(position, 8));
            if (length <= GgufLimits.StringBytesMax && (long)length <= File.Length - position - 8)
            {
                position += 8 + (long)length;
                return;
            }
            if (length > GgufLimits.StringBytesMax)
                throw File.Bad(
                    $"{Place(key, element)} is a string of {length:N0} bytes; at most {GgufLimits.StringBytesMax:N0} are read: the file is damaged. Copy it again."
                );
            File.Need(Place(key, element), position + 8, (long)length);
        }
        File.Need(Place(key, element), position, 8);
    }

    private static string Place(string key, int element) => element < 0 ? key : $"element {element:N0} of {key}";

    private void Skip(string what, long bytes)
    {
        File.Need(what, position, bytes);
        position += bytes;
    }
}
