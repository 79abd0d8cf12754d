using System.Buffers.Binary;
using Edge.Inference;

namespace Edge.Conversion.HuggingFace;

// A safetensors file, little endian, is:
//  1. u64 bytes of the header
//  2. the header, JSON: {"name": {"dtype": "BF16", "shape": [512, 64], "data_offsets": [0, 65536]}, ...}; the name
//     "__metadata__" is an object of texts instead
//  3. the data; offsets count from its start. The tensors cover it without gap or overlap, to the end of the file.

/// <summary>One tensor of a safetensors file; range and shape are checked.</summary>
/// <param name="Type">"F32", "BF16" ...</param>
/// <param name="Shape">Rows first; may hold zeros.</param>
/// <param name="Offset">From the start of the file.</param>
internal sealed record Safetensor(
    SafetensorsFile File,
    string Name,
    string Type,
    long[] Shape,
    long Offset,
    long Bytes
);

/// <summary>An open safetensors file.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    private SafetensorsFile(MappedFile file, IReadOnlyList<Safetensor> tensors)
    {
        File = file;
        Tensors = tensors;
    }

    public MappedFile File { get; }

    public IReadOnlyList<Safetensor> Tensors { get; private set; }

    /// <exception cref="ModelFormatException">The bytes are no safetensors file, or a damaged one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            var opened = new SafetensorsFile(file, []);
            opened.Tensors = opened.Read();
            return opened;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Dispose();

    private List<Safetensor> Read()
    {
        File.Need("the length of the header", 0, 8);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(File.Span(0, 8));
        if (length is 0 or > HuggingFaceLimits.HeaderBytesMax)
            throw File.Bad(
                $"the header must have 1 to {HuggingFaceLimits.HeaderBytesMax:N0} bytes, found {length:N0}: is it a safetensors file?"
            );
        File.Need("the header", 8, (long)length);
        using var json = JsonFile.Parse(File.Name, File.Span(8, (int)length).ToArray());

        var dataOffset = 8 + (long)length;
        var tensors = new List<Safetensor>();
        foreach (var (name, part) in json.Root.Members())
        {
            if (name == "__metadata__")
                continue;
            if (tensors.Count == HuggingFaceLimits.TensorsMax)
                throw File.Bad($"has more than {HuggingFaceLimits.TensorsMax:N0} tensors.");
            tensors.Add(ReadTensor(name, part, dataOffset));
        }
        CheckCover(tensors, dataOffset);
        return tensors;
    }

    private Safetensor ReadTensor(string name, JsonPart part, long dataOffset)
    {
        var what = $"tensor {Printable.Show(name)}";
        if (name.Length is 0 or > HuggingFaceLimits.TensorNameCharsMax)
            throw File.Bad(
                $"the name of a tensor must have 1 to {HuggingFaceLimits.TensorNameCharsMax:N0} letters, found {name.Length:N0}."
            );
        var type = part.Require("dtype").Text();
        var size = SizeOf(type);
        if (size == 0)
            throw File.Bad($"{what} has the type {Printable.Show(type)}, which safetensors does not define.");

        var shapePart = part.Require("shape");
        if (shapePart.Count() > HuggingFaceLimits.DimensionsMax)
            throw File.Bad(
                $"{what} must have at most {HuggingFaceLimits.DimensionsMax} dimensions, found {shapePart.Count():N0}."
            );
        var shape = shapePart.Items().Select(item => Long(item, HuggingFaceLimits.TensorElementsMax)).ToArray();
        var elements = 1L;
        foreach (var dim in shape)
        {
            if (dim != 0 && elements > HuggingFaceLimits.TensorElementsMax / dim)
                throw File.Bad($"{what} has more than {HuggingFaceLimits.TensorElementsMax:N0} elements.");
            elements *= dim;
        }

        var offsets = part.Require("data_offsets");
        if (offsets.Count() != 2)
            throw File.Bad($"{what} must have two data_offsets, found {offsets.Count():N0}.");
        var ends = offsets.Items().Select(item => Long(item, long.MaxValue - dataOffset)).ToArray();
        if (ends[0] > ends[1] || ends[1] - ends[0] != elements * size)
            throw File.Bad(
                $"{what} needs {elements * size:N0} bytes for its shape, its data_offsets are {ends[0]:N0} and {ends[1]:N0}."
            );
        File.Need(what, dataOffset + ends[0], ends[1] - ends[0]);
        return new Safetensor(this, name, type, shape, dataOffset + ends[0], ends[1] - ends[0]);
    }

    /// <summary>In the order of the data each tensor starts where the one before it ends.</summary>
    private void CheckCover(List<Safetensor> tensors, long dataOffset)
    {
        var end = dataOffset;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Bytes))
        {
            var what = $"tensor {Printable.Show(tensor.Name)}";
            if (tensor.Offset < end)
                throw File.Bad($"{what} overlaps the tensor before it, by {end - tensor.Offset:N0} bytes.");
            if (tensor.Offset > end)
                throw File.Bad($"there are {tensor.Offset - end:N0} bytes of no tensor before {what}.");
            end += tensor.Bytes;
        }
        if (end != File.Length)
            throw File.Bad($"there are {File.Length - end:N0} bytes of no tensor at the end.");
    }

    private static long Long(JsonPart part, long max) =>
        part.Kind == System.Text.Json.JsonValueKind.Number
        && part.Element.TryGetInt64(out var number)
        && number >= 0
        && number <= max
            ? number
            : throw part.Bad($"must be a whole number from 0 to {max:N0}.");

    /// <summary>Bytes of an element; 0 for an unknown type.</summary>
    private static int SizeOf(string type) =>
        type switch
        {
            "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
            "U16" or "I16" or "F16" or "BF16" => 2,
            "U32" or "I32" or "F32" => 4,
            "U64" or "I64" or "F64" => 8,
            _ => 0,
        };
}
