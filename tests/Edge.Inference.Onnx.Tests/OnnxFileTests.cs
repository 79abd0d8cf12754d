using Edge.Conversion.Onnx;
using Edge.Inference.Onnx.Model;
using Edge.TestKit;

namespace Edge.Inference.Onnx.Tests;

/// <summary>The drawer of broken ONNX files, and files whose data is elsewhere.</summary>
public sealed class OnnxFileTests
{
    private const int Graph = 7;
    private const int Node = 1;
    private const int Attribute = 5;
    private const int Initializer = 5;

    /// <summary>A tensor whose data is said to be in another file.</summary>
    private static ProtoWriter External =>
        new ProtoWriter()
            .Integer(1, 4)
            .Integer(2, 1)
            .Text(8, "w")
            .Message(13, new ProtoWriter().Text(1, "location").Text(2, "../../etc/shadow"))
            .Integer(14, 1);

    private static readonly Dictionary<string, Func<ProtoWriter>> Elsewhere = new()
    {
        ["an initializer"] = () => InGraph(new ProtoWriter().Message(Initializer, External)),
        ["an initializer without a place"] = () =>
            InGraph(
                new ProtoWriter().Message(Initializer, new ProtoWriter().Text(8, "w").Integer(2, 1).Integer(14, 1))
            ),
        ["a place without the flag"] = () =>
            InGraph(
                new ProtoWriter().Message(
                    Initializer,
                    new ProtoWriter()
                        .Text(8, "w")
                        .Integer(2, 1)
                        .Message(13, new ProtoWriter().Text(1, "location").Text(2, "w.bin"))
                )
            ),
        ["a flag taken back"] = () =>
            InGraph(
                new ProtoWriter().Message(
                    Initializer,
                    new ProtoWriter().Text(8, "w").Integer(2, 1).Integer(14, 1).Integer(14, 0)
                )
            ),
        ["an unknown place of data"] = () =>
            InGraph(
                new ProtoWriter().Message(Initializer, new ProtoWriter().Text(8, "w").Integer(2, 1).Integer(14, 2))
            ),
        ["a constant node"] = () => InNode(new ProtoWriter().Message(5, External)),
        ["a list of tensors"] = () => InNode(new ProtoWriter().Message(10, External)),
        ["a graph in a node"] = () => InNode(new ProtoWriter().Message(6, new ProtoWriter().Message(5, External))),
        ["a list of graphs"] = () => InNode(new ProtoWriter().Message(11, new ProtoWriter().Message(5, External))),
        ["a graph in a graph in a node"] = () =>
            InNode(new ProtoWriter().Message(6, Wrap(Node, Wrap(Attribute, Wrap(6, Wrap(Initializer, External)))))),
        ["values of a sparse tensor"] = () => InGraph(Wrap(15, Wrap(1, External))),
        ["indices of a sparse tensor"] = () => InGraph(Wrap(15, Wrap(2, External))),
        ["a sparse tensor in a node"] = () => InNode(Wrap(22, Wrap(1, External))),
        ["sparse tensors in a node"] = () => InNode(Wrap(23, Wrap(2, External))),
        ["a function"] = () =>
            Model().Message(25, Wrap(7, Wrap(Attribute, Wrap(5, External)))).Message(7, new ProtoWriter()),
        ["a default of a function"] = () =>
            Model().Message(25, Wrap(11, Wrap(5, External))).Message(7, new ProtoWriter()),
        ["the initialization of a training graph"] = () =>
            Model().Message(20, Wrap(1, Wrap(Initializer, External))).Message(7, new ProtoWriter()),
        ["the algorithm of a training graph"] = () =>
            Model().Message(20, Wrap(2, Wrap(Initializer, External))).Message(7, new ProtoWriter()),
        ["a second graph"] = () => InGraph(new ProtoWriter()).Message(Graph, Wrap(Initializer, External)),
    };

    private static readonly Dictionary<string, (Func<byte[]> Bytes, string Words)> Broken = new()
    {
        ["empty"] = (() => [], "has no graph"),
        ["text"] = (() => "\b\u000bhello, this is a text"u8.ToArray(), "the file is damaged or not ONNX"),
        ["no graph"] = (() => Bytes(Model()), "has no graph"),
        ["a length beyond the end"] = (
            () => Bytes(Model().Start(Graph, 1000)),
            "a field of the model needs 1,000 bytes at 8, there are 0"
        ),
        ["a length of 63 bits"] = (
            () => Bytes(Model().Start(Graph, long.MaxValue)),
            "needs 9,223,372,036,854,775,807 bytes"
        ),
        ["a length of 64 bits"] = (() => Bytes(Model().Start(Graph, -1)), "needs 18,446,744,073,709,551,615 bytes"),
        ["a message longer than the one around it"] = (
            () => Bytes(InGraph(new ProtoWriter().Start(Node, 100)).Data(2, new byte[200])),
            "a field of the graph needs 100 bytes"
        ),
        ["a number without an end"] = (() => [8, 0xFF, 0xFF], "the model ends within a number at 3"),
        ["a number of 70 bits"] = (
            () => [8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            "a number of more than 64 bits"
        ),
        ["a group"] = (() => [8, 11, (7 << 3) | 3], "has a field of kind 3"),
        ["a kind that protobuf does not have"] = (() => [8, 11, (7 << 3) | 7], "has a field of kind 7"),
        ["field 0"] = (() => [8, 11, 2, 0], "a field with the number 0"),
        ["a graph that is a number"] = (
            () => Bytes(Model().Integer(Graph, 1)),
            "field 7 of the model is of kind 0, expected 2"
        ),
        ["a version that is a message"] = (
            () => Bytes(new ProtoWriter().Message(1, new ProtoWriter())),
            "field 1 of the model is of kind 2, expected 0"
        ),
        ["a tensor that is a number"] = (
            () => Bytes(InGraph(new ProtoWriter().Integer(Initializer, 1))),
            "field 5 of the graph is of kind 0"
        ),
        ["a fixed number cut short"] = (() => [8, 11, (60 << 3 & 0x7F) | 0x85, 3, 1, 2], "ends within a number"),
        ["graphs within graphs without an end"] = (Nested, "more than 64 messages deep"),
        ["an unknown element type"] = (
            () => Tensor(tensor => tensor.Integer(1, 4).Integer(2, 99)),
            "tensor w has element type 99, which Edge does not know"
        ),
        ["no element type"] = (() => Tensor(tensor => tensor.Integer(1, 4)), "element type 0"),
        ["a negative dimension"] = (
            () => Tensor(tensor => tensor.Integer(1, -4).Integer(2, 1)),
            "tensor w has a dimension of -4"
        ),
        ["dimensions whose product overflows"] = (
            () => Tensor(tensor => tensor.Integer(1, 1L << 33).Integer(1, 1L << 33).Integer(2, 1)),
            "tensor w has a dimension of 8,589,934,592"
        ),
        ["nine dimensions"] = (
            () => Tensor(tensor => Enumerable.Range(0, 9).Aggregate(tensor, (t, _) => t.Integer(1, 1)).Integer(2, 1)),
            "the shape of a tensor has more than 8 numbers"
        ),
        ["nine packed dimensions"] = (
            () => Tensor(tensor => tensor.Data(1, [1, 1, 1, 1, 1, 1, 1, 1, 1]).Integer(2, 1)),
            "the shape of a tensor has more than 8 numbers"
        ),
        ["too few bytes for its shape"] = (
            () => Tensor(tensor => tensor.Integer(1, 4).Integer(2, 1).Data(9, new byte[15])),
            "tensor w must have 16 bytes, found 15"
        ),
        ["too many bytes for its shape"] = (
            () => Tensor(tensor => tensor.Integer(1, 3).Integer(2, 21).Data(9, new byte[3])),
            "tensor w must have 2 bytes, found 3"
        ),
        ["a name that is not UTF-8"] = (
            () => Tensor(tensor => tensor.Data(8, [0xFF, 0xFE])),
            "the name of a tensor is not valid UTF-8"
        ),
        ["a name of 70,000 bytes"] = (
            () => Tensor(tensor => tensor.Data(8, new byte[70_000])),
            "the name of a tensor has 70,000 bytes; at most 65,535 are read"
        ),
        ["metadata twice"] = (
            () => Bytes(InGraph(new ProtoWriter()).Message(14, Pair("k", "1")).Message(14, Pair("k", "2"))),
            "metadata k is there twice"
        ),
    };

    private static readonly Dictionary<string, (string Key, string Value, string Words)> BrokenText = new()
    {
        ["no base64"] = (OnnxText.TokenizerKey, "not base64!!", "edge.tokenizer is not base64"),
        ["no tokenizer"] = (OnnxText.TokenizerKey, Convert.ToBase64String([1, 2, 3]), "m.onnx (its tokenizer)"),
        ["an empty tokenizer"] = (OnnxText.TokenizerKey, "", "m.onnx (its tokenizer)"),
        ["a context of nothing"] = (OnnxText.ContextKey, "0", "edge.context_length must be 1 to 16,777,216, found 0"),
        ["a context of words"] = (
            OnnxText.ContextKey,
            "many",
            "edge.context_length must be 1 to 16,777,216, found many"
        ),
        ["a huge context"] = (OnnxText.ContextKey, "99999999999", "edge.context_length must be 1 to 16,777,216"),
        ["parameters below zero"] = (OnnxText.ParametersKey, "-1", "edge.parameters must be 1 to"),
    };

    public static TheoryData<string> ElsewhereNames => [.. Elsewhere.Keys];

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    public static TheoryData<string> BrokenTextNames => [.. BrokenText.Keys];

    [Theory]
    [MemberData(nameof(ElsewhereNames))]
    public void Data_in_another_file_is_refused_wherever_it_is_named(string where)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["m.onnx"], Bytes(Elsewhere[where]()));
        var refusal = Assert.Throws<ModelFormatException>(() => LanguageModels.Open(folder["m.onnx"]));
        Assert.Matches(
            @"^m\.onnx: tensor w keeps its data in another file \((\.\./\.\./etc/shadow|w\.bin|)\)",
            refusal.Message
        );
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A_broken_file_is_refused_by_its_defect(string defect)
    {
        var (bytes, words) = Broken[defect];
        var refusal = Assert.Throws<ModelFormatException>(() => OnnxFile.Read("m.onnx", bytes()));
        Assert.StartsWith("m.onnx: ", refusal.Message);
        Assert.Contains(words, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [MemberData(nameof(BrokenTextNames))]
    public void A_broken_tokenizer_or_number_inside_is_refused_by_its_defect(string defect)
    {
        var (key, value, words) = BrokenText[defect];
        var model = InGraph(new ProtoWriter()).Message(14, Pair(key, value));
        if (key != OnnxText.TokenizerKey)
            model.Message(14, Pair(OnnxText.TokenizerKey, Convert.ToBase64String(AddingModel.VocabularyBytes())));
        var file = OnnxFile.Read("m.onnx", Bytes(model));
        Assert.Contains(words, Assert.Throws<ModelFormatException>(() => OnnxText.Read(file, null)).Message);
    }

    [Fact]
    public void What_ONNX_Runtime_does_not_load_is_one_line_with_the_files_name()
    {
        using var folder = new TempFolder();
        var graph = InGraph(Wrap(Node, new ProtoWriter().Text(1, "x").Text(2, "y").Text(4, "NoSuchOperator")));
        var text = Pair(OnnxText.TokenizerKey, Convert.ToBase64String(AddingModel.VocabularyBytes()));
        File.WriteAllBytes(folder["m.onnx"], Bytes(graph.Message(14, text)));
        var refusal = Assert.Throws<ModelFormatException>(() => LanguageModels.Open(folder["m.onnx"]));
        Assert.StartsWith("m.onnx: ONNX Runtime does not load it: ", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused_or_has_no_more_than_it_says()
    {
        using var folder = new TempFolder();
        new AddingModel().Write(folder["m.onnx"]);
        var whole = File.ReadAllBytes(folder["m.onnx"]);
        OnnxFile.Read("m.onnx", whole);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<ModelFormatException>(() => OnnxFile.Read("m.onnx", whole.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Changed_bytes_never_do_more_than_refuse(int seed)
    {
        using var folder = new TempFolder();
        new AddingModel().Write(folder["m.onnx"]);
        var whole = File.ReadAllBytes(folder["m.onnx"]);
        var random = new Random(seed);
        for (var run = 0; run < 3000; run++)
        {
            var bytes = whole.ToArray();
            for (var change = random.Next(1, 5); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                OnnxText.Read(OnnxFile.Read("m.onnx", bytes), null);
            }
            catch (ModelFormatException) { }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}, run {run}: {other}");
            }
        }
    }

    private static ProtoWriter Model() => new ProtoWriter().Integer(1, 11).Text(2, "t");

    private static ProtoWriter InGraph(ProtoWriter graph) => Model().Message(Graph, graph);

    private static ProtoWriter InNode(ProtoWriter attribute) => InGraph(Wrap(Node, Wrap(Attribute, attribute)));

    private static ProtoWriter Wrap(int field, ProtoWriter inner) => new ProtoWriter().Message(field, inner);

    private static ProtoWriter Pair(string key, string value) => new ProtoWriter().Text(1, key).Text(2, value);

    private static byte[] Tensor(Func<ProtoWriter, ProtoWriter> fill) =>
        Bytes(InGraph(Wrap(Initializer, fill(new ProtoWriter().Text(8, "w")))));

    private static byte[] Nested()
    {
        var graph = new ProtoWriter();
        for (var depth = 0; depth < 100; depth++)
            graph = Wrap(Node, Wrap(Attribute, Wrap(6, graph)));
        return Bytes(InGraph(graph));
    }

    private static byte[] Bytes(ProtoWriter message) => message.Bytes.ToArray();
}
