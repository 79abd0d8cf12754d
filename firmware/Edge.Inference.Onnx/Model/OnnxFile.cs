using System.Globalization;

namespace Edge.Inference.Onnx.Model;

// An ONNX file is one protobuf message, ModelProto. What is read of it, with its field numbers:
//  model      1 version of the format, 2 producer, 7 graph, 8 operator sets, 14 metadata (key 1, value 2),
//             20 training, 25 functions
//  graph      1 nodes, 5 tensors ("initializers"), 15 sparse tensors
//  node       4 operator, 5 attributes, 7 domain
//  attribute  5 tensor, 6 graph, 10 tensors, 11 graphs, 22 sparse tensor, 23 sparse tensors
//  tensor     1 dimensions, 2 type, 8 name, 9 bytes, 13 external data (key 1, value 2), 14 location (1 is external)
// Everything else is passed over, each length checked.

/// <summary>
/// What an ONNX file says of itself, read without ONNX Runtime. Its tensors are all in the file: a reference to data in
/// another file, at any depth, is refused here, before the runtime sees the bytes.
/// </summary>
public sealed class OnnxFile
{
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> operatorSets = new(StringComparer.Ordinal);
    private readonly List<OnnxTensor> tensors = [];
    private readonly string name;
    private int nodes;
    private bool hasGraph;

    private OnnxFile(string path)
    {
        Path = path;
        name = System.IO.Path.GetFileName(path);
    }

    public string Path { get; }

    public long Bytes { get; private set; }

    /// <summary>Version of the format ("IR version").</summary>
    public long Version { get; private set; }

    public string Producer { get; private set; } = "";

    /// <summary>Version of each domain's operators; the standard domain is "".</summary>
    public IReadOnlyDictionary<string, long> OperatorSets => operatorSets;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The weights of the main graph, in the order of the file.</summary>
    public IReadOnlyList<OnnxTensor> Tensors => tensors;

    /// <summary>Whether the first bytes look like ONNX: field 1, a small version, and another field at once. A llama2.c
    /// file begins with a number of four bytes, the third of which is 0 for any width that Edge runs.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> head) => head is [8, >= 1 and < 128, not 0, ..];

    /// <exception cref="ModelFormatException">The bytes are not an ONNX model, or a damaged one, or its data is elsewhere.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxFile Open(string path)
    {
        using var file = MappedFile.Open(path);
        ThrowIfTooLong(path, file.Length);
        return Read(path, file.Span(0, (int)file.Length));
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <exception cref="ModelFormatException">As for <see cref="Open"/>.</exception>
    public static OnnxFile Read(string path, ReadOnlySpan<byte> bytes)
    {
        var file = new OnnxFile(path) { Bytes = bytes.Length };
        file.ReadModel(new ProtoReader(bytes, file.name));
        return file;
    }

    internal static void ThrowIfTooLong(string path, long bytes)
    {
        if (bytes > OnnxLimits.FileBytesMax)
            throw new ModelFormatException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{System.IO.Path.GetFileName(path)}: has {bytes:N0} bytes; an ONNX file with its weights inside has at most {OnnxLimits.FileBytesMax:N0}."
                )
            );
    }

    private void ReadModel(ProtoReader model)
    {
        while (model.Next())
        {
            switch (model.Field)
            {
                case 1:
                    Version = model.Integer();
                    break;
                case 2:
                    Producer = model.Text("the producer");
                    break;
                case 7:
                    hasGraph = true;
                    ReadGraph(model.Message("the graph"), tensors);
                    break;
                case 8:
                    ReadOperatorSet(model.Message("an operator set"));
                    break;
                case 14:
                    ReadMetadata(model.Message("a metadata entry"));
                    break;
                case 20:
                    ReadTraining(model.Message("a training graph"));
                    break;
                case 25:
                    ReadFunction(model.Message("a function"));
                    break;
                default:
                    model.Skip();
                    break;
            }
        }
        if (!hasGraph)
            throw model.Bad("has no graph");
    }

    private void ReadOperatorSet(ProtoReader set)
    {
        var domain = "";
        var version = 0L;
        while (set.Next())
        {
            if (set.Field == 1)
                domain = set.Text("the domain of an operator set");
            else if (set.Field == 2)
                version = set.Integer();
            else
                set.Skip();
        }
        operatorSets[domain] = version;
    }

    private void ReadMetadata(ProtoReader entry)
    {
        if (metadata.Count == OnnxLimits.MetadataCountMax)
            throw entry.Bad($"has more than {OnnxLimits.MetadataCountMax:N0} metadata entries");
        var (key, value) = ReadPair(entry, "metadata", OnnxLimits.MetadataBytesMax);
        if (!metadata.TryAdd(key, value))
            throw entry.Bad($"metadata {Printable.Show(key)} is there twice");
    }

    private static (string Key, string Value) ReadPair(ProtoReader entry, string what, int valueBytesMax)
    {
        var (key, value) = ("", "");
        while (entry.Next())
        {
            if (entry.Field == 1)
                key = entry.Text($"a key of {what}");
            else if (entry.Field == 2)
                value = entry.Text($"{what} {Printable.Show(key)}", valueBytesMax);
            else
                entry.Skip();
        }
        return (key, value);
    }

    private void ReadTraining(ProtoReader training)
    {
        while (training.Next())
        {
            if (training.Field is 1 or 2)
                ReadGraph(training.Message("a training graph"), []);
            else
                training.Skip();
        }
    }

    private void ReadFunction(ProtoReader function)
    {
        while (function.Next())
        {
            if (function.Field == 7)
                ReadNode(function.Message("a node of a function"));
            else if (function.Field == 11)
                ReadAttribute(function.Message("an attribute of a function"));
            else
                function.Skip();
        }
    }

    private void ReadGraph(ProtoReader graph, List<OnnxTensor> into)
    {
        while (graph.Next())
        {
            switch (graph.Field)
            {
                case 1:
                    ReadNode(graph.Message("a node"));
                    break;
                case 5:
                    if (into.Count == OnnxLimits.TensorsMax)
                        throw graph.Bad($"has more than {OnnxLimits.TensorsMax:N0} tensors");
                    into.Add(ReadTensor(graph.Message("a tensor")));
                    break;
                case 15:
                    ReadSparse(graph.Message("a sparse tensor"));
                    break;
                default:
                    graph.Skip();
                    break;
            }
        }
    }

    private void ReadNode(ProtoReader node)
    {
        if (nodes++ == OnnxLimits.NodesMax)
            throw node.Bad($"has more than {OnnxLimits.NodesMax:N0} nodes");
        while (node.Next())
        {
            if (node.Field == 5)
                ReadAttribute(node.Message("an attribute"));
            else
                node.Skip();
        }
    }

    private void ReadAttribute(ProtoReader attribute)
    {
        while (attribute.Next())
        {
            switch (attribute.Field)
            {
                case 5 or 10:
                    ReadTensor(attribute.Message("the tensor of an attribute"));
                    break;
                case 6 or 11:
                    ReadGraph(attribute.Message("the graph of an attribute"), []);
                    break;
                case 22 or 23:
                    ReadSparse(attribute.Message("the sparse tensor of an attribute"));
                    break;
                default:
                    attribute.Skip();
                    break;
            }
        }
    }

    /// <summary>Values and indices are tensors of their own.</summary>
    private static void ReadSparse(ProtoReader sparse)
    {
        while (sparse.Next())
        {
            if (sparse.Field is 1 or 2)
                ReadTensor(sparse.Message("a part of a sparse tensor"));
            else
                sparse.Skip();
        }
    }

    private static OnnxTensor ReadTensor(ProtoReader tensor)
    {
        var dims = new List<long>();
        var (type, name, raw, external, elsewhere) = (0L, "", -1L, false, "");
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1:
                    tensor.Integers("the shape of a tensor", dims, OnnxLimits.DimensionsMax);
                    break;
                case 2:
                    type = tensor.Integer();
                    break;
                case 8:
                    name = tensor.Text("the name of a tensor");
                    break;
                case 9:
                    raw = tensor.Length();
                    break;
                case 13:
                    var (key, value) = ReadPair(
                        tensor.Message("external data"),
                        "external data",
                        OnnxLimits.NameBytesMax
                    );
                    (external, elsewhere) = (true, key == "location" ? value : elsewhere);
                    break;
                case 14:
                    external |= tensor.Integer() != 0;
                    break;
                default:
                    tensor.Skip();
                    break;
            }
        }
        if (external)
            throw tensor.Refused(
                $"tensor {Printable.Show(name)} keeps its data in another file ({Printable.Show(elsewhere)}), which Edge never reads. Export the model again with its weights inside."
            );
        return Checked(tensor, new(name, OnnxTensor.NameOf(type) ?? "", dims, Math.Max(raw, 0)), type, raw);
    }

    private static OnnxTensor Checked(in ProtoReader reader, OnnxTensor tensor, long type, long raw)
    {
        if (tensor.Type.Length == 0)
            throw reader.Bad(
                $"tensor {Printable.Show(tensor.Name)} has element type {type:N0}, which Edge does not know"
            );
        var elements = 1L;
        foreach (var dim in tensor.Dims)
        {
            if (dim < 0 || (dim > 0 && dim > OnnxLimits.TensorElementsMax / Math.Max(1, elements)))
                throw reader.Bad(
                    $"tensor {Printable.Show(tensor.Name)} has a dimension of {dim:N0}: more than {OnnxLimits.TensorElementsMax:N0} elements, or none that can be"
                );
            elements *= dim;
        }
        var needed = OnnxTensor.BytesOf(type, elements);
        if (raw >= 0 && raw != needed)
            throw reader.Bad($"tensor {Printable.Show(tensor.Name)} must have {needed:N0} bytes, found {raw:N0}");
        return tensor;
    }
}
