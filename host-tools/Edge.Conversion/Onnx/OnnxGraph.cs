using System.Runtime.InteropServices;

namespace Edge.Conversion.Onnx;

/// <summary>Element types of ONNX, by its own numbers.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int64 = 7,
    Bool = 9,
}

/// <summary>
/// An ONNX model as it grows: nodes in order, weights that are produced only when the file is written. The same calls
/// give the same bytes. Field numbers are those of ModelProto and its parts.
/// </summary>
internal sealed class OnnxGraph
{
    public const string MicrosoftDomain = "com.microsoft";

    private const int FormatVersion = 11;
    private const int OperatorSet = 23;

    private readonly ProtoWriter nodes = new();
    private readonly ProtoWriter ends = new();
    private readonly List<Weight> weights = [];
    private readonly List<(string Key, string Value)> metadata = [];
    private bool usesMicrosoft;

    /// <summary>Adds a node with one output, which is also its name.</summary>
    /// <returns>The output.</returns>
    public string Node(string operation, string output, params ReadOnlySpan<string> inputs) =>
        Node(operation, [output], inputs, []);

    /// <param name="attributes">Values are long, float or string.</param>
    /// <returns>The first output.</returns>
    public string Node(
        string operation,
        ReadOnlySpan<string> outputs,
        ReadOnlySpan<string> inputs,
        ReadOnlySpan<(string Name, object Value)> attributes,
        string domain = ""
    )
    {
        var node = new ProtoWriter();
        foreach (var input in inputs)
            node.Text(1, input);
        foreach (var output in outputs)
            node.Text(2, output);
        node.Text(3, outputs[0]).Text(4, operation);
        foreach (var (name, value) in attributes)
            node.Message(5, Attribute(name, value));
        if (domain.Length > 0)
            node.Text(7, domain);
        usesMicrosoft |= domain == MicrosoftDomain;
        nodes.Message(1, node);
        return outputs[0];
    }

    /// <summary>Adds an input of the model. Dimensions are numbers or names.</summary>
    public void Input(string name, OnnxType type, params ReadOnlySpan<string> dims) =>
        ends.Message(11, ValueInfo(name, type, dims));

    /// <inheritdoc cref="Input"/>
    public void Output(string name, OnnxType type, params ReadOnlySpan<string> dims) =>
        ends.Message(12, ValueInfo(name, type, dims));

    /// <summary>Adds a weight whose values are written when the file is.</summary>
    /// <returns>Its name.</returns>
    public string AddWeight(string name, OnnxType type, long[] dims, Action<Stream> write)
    {
        var elements = dims.Aggregate(1L, (product, dim) => checked(product * dim));
        var bytes =
            elements
            * type switch
            {
                OnnxType.Float => 4,
                OnnxType.Int64 => 8,
                _ => 1,
            };
        var head = new ProtoWriter();
        foreach (var dim in dims)
            head.Integer(1, dim);
        head.Integer(2, (int)type).Text(8, name).Start(9, bytes);
        weights.Add(new Weight(head, bytes, write));
        return name;
    }

    public string AddFloats(string name, long[] dims, float[] values) =>
        AddWeight(name, OnnxType.Float, dims, stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));

    /// <summary>A constant of integers; a single one without dimensions where asked.</summary>
    public string AddIntegers(string name, bool scalar, params long[] values) =>
        AddWeight(
            name,
            OnnxType.Int64,
            scalar ? [] : [values.Length],
            stream => stream.Write(MemoryMarshal.AsBytes<long>(values))
        );

    public void AddMetadata(string key, string value) => metadata.Add((key, value));

    /// <summary>Bytes that <see cref="WriteTo"/> will write.</summary>
    public long Bytes => Head().Bytes.Length + GraphBytes;

    public void WriteTo(Stream stream)
    {
        stream.Write(Head().Bytes.Span);
        stream.Write(GraphHead().Bytes.Span);
        foreach (var weight in weights)
        {
            stream.Write(weight.Field().Bytes.Span);
            stream.Write(weight.Head.Bytes.Span);
            var before = stream.Position;
            weight.Write(stream);
            if (stream.Position - before != weight.Bytes)
                throw new InvalidOperationException(
                    $"a weight of {weight.Bytes:N0} bytes wrote {stream.Position - before:N0}"
                );
        }
        stream.Write(ends.Bytes.Span);
    }

    private long GraphBytes =>
        GraphHead().Bytes.Length
        + weights.Sum(weight => weight.Field().Bytes.Length + weight.Head.Bytes.Length + weight.Bytes)
        + ends.Bytes.Length;

    /// <summary>The model up to the length of its graph, which is its last field.</summary>
    private ProtoWriter Head()
    {
        var head = new ProtoWriter().Integer(1, FormatVersion).Text(2, "edge");
        head.Message(8, new ProtoWriter().Text(1, "").Integer(2, OperatorSet));
        if (usesMicrosoft)
            head.Message(8, new ProtoWriter().Text(1, MicrosoftDomain).Integer(2, 1));
        foreach (var (key, value) in metadata)
            head.Message(14, new ProtoWriter().Text(1, key).Text(2, value));
        return head.Start(7, GraphBytes);
    }

    /// <summary>Nodes and the graph's name.</summary>
    private ProtoWriter GraphHead()
    {
        var head = new ProtoWriter();
        head.Text(2, "llama");
        return head.Append(nodes);
    }

    private static ProtoWriter Attribute(string name, object value)
    {
        var attribute = new ProtoWriter().Text(1, name);
        return value switch
        {
            float number => attribute.Float(2, number).Integer(20, 1),
            long number => attribute.Integer(3, number).Integer(20, 2),
            _ => throw new ArgumentException($"attribute {name} is a {value.GetType().Name}", nameof(value)),
        };
    }

    private static ProtoWriter ValueInfo(string name, OnnxType type, ReadOnlySpan<string> dims)
    {
        var shape = new ProtoWriter();
        foreach (var dim in dims)
            shape.Message(
                1,
                long.TryParse(dim, out var number)
                    ? new ProtoWriter().Integer(1, number)
                    : new ProtoWriter().Text(2, dim)
            );
        var tensor = new ProtoWriter().Integer(1, (int)type).Message(2, shape);
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, tensor));
    }

    /// <param name="Head">The tensor up to the length of its bytes, which are its last field.</param>
    private sealed record Weight(ProtoWriter Head, long Bytes, Action<Stream> Write)
    {
        public ProtoWriter Field() => new ProtoWriter().Start(5, Head.Bytes.Length + Bytes);
    }
}
