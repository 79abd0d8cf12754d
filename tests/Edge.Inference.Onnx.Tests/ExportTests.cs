using Edge.Conversion.Onnx;
using Edge.Inference.Gguf;
using Edge.Inference.Onnx.Model;
using Edge.TestKit;

namespace Edge.Inference.Onnx.Tests;

/// <summary>Exported models against our own engine, over the shapes that models have.</summary>
public sealed class ExportTests : IDisposable
{
    private static readonly Dictionary<string, SmallLlama> Shapes = new()
    {
        ["plain"] = new(),
        ["untied"] = new() { Tied = false },
        ["grouped query"] = new() { KvHeads = 2 },
        ["multi query"] = new() { KvHeads = 1 },
        ["wide heads"] = new() { HeadDim = 24, RopeDim = 24 },
        ["narrow heads"] = new()
        {
            Heads = 8,
            HeadDim = 8,
            RopeDim = 8,
            KvHeads = 4,
        },
        ["odd hidden"] = new() { Hidden = 87 },
        ["odd width"] = new()
        {
            Dim = 50,
            Heads = 5,
            KvHeads = 5,
            HeadDim = 10,
            RopeDim = 10,
        },
        ["partial rope"] = new() { RopeDim = 6 },
        ["divisors"] = new() { Divisors = true },
        ["one layer, one head"] = new()
        {
            Layers = 1,
            Heads = 1,
            KvHeads = 1,
            HeadDim = 64,
            RopeDim = 64,
        },
    };

    private readonly TempFolder folder = new();

    public static TheoryData<string> Names => [.. Shapes.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fp32_export_computes_what_our_engine_computes(string shape)
    {
        Shapes[shape].Write(folder["m.gguf"]);
        Export(OnnxWeightType.F32);
        AssertSame(1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_int8_export_of_an_int8_model_computes_what_our_engine_computes(string shape)
    {
        (Shapes[shape] with { Type = TensorType.Q8_0 }).Write(folder["m.gguf"]);
        Export(OnnxWeightType.Q8_0);
        AssertSame(0.02);
    }

    [Fact]
    public void An_int8_export_of_a_fp32_model_is_that_of_the_model_in_Q8_0()
    {
        Shapes["untied"].Write(folder["m.gguf"]);
        Export(OnnxWeightType.Q8_0);
        var fromFloats = File.ReadAllBytes(folder["m.onnx"]);
        (Shapes["untied"] with { Type = TensorType.Q8_0 }).Write(folder["m.gguf"]);
        Export(OnnxWeightType.Q8_0);
        Assert.True(TensorBytes(fromFloats).SequenceEqual(TensorBytes(File.ReadAllBytes(folder["m.onnx"]))));

        // The weights follow the nodes; what comes before them holds the source's own tokenizer file.
        static ReadOnlySpan<byte> TensorBytes(byte[] file) => file.AsSpan(file.AsSpan().LastIndexOf("rope.cos"u8));
    }

    [Fact]
    public void Q8_0_blocks_stand_in_the_file_to_the_bit()
    {
        (Shapes["plain"] with { Type = TensorType.Q8_0 }).Write(folder["m.gguf"]);
        Export(OnnxWeightType.Q8_0);
        var onnx = File.ReadAllBytes(folder["m.onnx"]);
        using var gguf = GgufFile.Open(folder["m.gguf"]);
        var tensor = gguf.FindTensor("blk.1.ffn_down.weight")!;
        var row = File.ReadAllBytes(folder["m.gguf"]).AsSpan((int)tensor.Offset, 96 / 32 * 34);
        var bytes = new byte[96];
        var scales = new byte[3 * 4];
        for (var block = 0; block < 3; block++)
        {
            for (var i = 0; i < 32; i++)
                bytes[(block * 32) + i] = (byte)((sbyte)row[(block * 34) + 2 + i] + 128);
            BitConverter.TryWriteBytes(scales.AsSpan(block * 4), (float)BitConverter.ToHalf(row[(block * 34)..]));
        }
        Assert.True(onnx.AsSpan().IndexOf(bytes) > 0, "the first row's bytes are not in the file");
        Assert.True(onnx.AsSpan().IndexOf(scales) > 0, "the first row's scales are not in the file");
    }

    [Fact]
    public void Int8_weights_are_exactly_those_of_the_source()
    {
        (Shapes["untied"] with { Type = TensorType.Q8_0 }).Write(folder["m.gguf"]);
        int[] tokens = [1, 60, 120, 180, 240];
        Export(OnnxWeightType.F32);
        var expected = LogitsOf(folder["m.onnx"]);
        Export(OnnxWeightType.Q8_0);
        // Level 4 rounds activations to int8, level 1 leaves them alone: what is left is the weights.
        var file = File.ReadAllBytes(folder["m.onnx"]);
        for (int at; (at = file.AsSpan().IndexOf("accuracy_level\u0018\u0004"u8)) >= 0; )
            file[at + "accuracy_level".Length + 1] = 1;
        File.WriteAllBytes(folder["m.onnx"], file);
        var found = LogitsOf(folder["m.onnx"]);
        for (var t = 0; t < tokens.Length; t++)
        for (var i = 0; i < SmallLlama.Vocab; i++)
            Assert.Equal(expected[t][i], found[t][i], 1e-4);

        float[][] LogitsOf(string path)
        {
            using var model = LanguageModels.Open(path);
            return model.Logits(tokens);
        }
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes()
    {
        Shapes["grouped query"].Write(folder["m.gguf"]);
        Export(OnnxWeightType.F32);
        var first = File.ReadAllBytes(folder["m.onnx"]);
        Export(OnnxWeightType.F32);
        Assert.Equal(first, File.ReadAllBytes(folder["m.onnx"]));
    }

    [Fact]
    public void Everything_that_the_source_says_of_itself_is_inside()
    {
        Shapes["plain"].Write(folder["m.gguf"]);
        Export(OnnxWeightType.F32);
        File.Move(folder["m.onnx"], folder["renamed.bin"]);
        using var source = LanguageModel.Open(folder["m.gguf"]);
        using var model = LanguageModels.Open(folder["renamed.bin"]);
        Assert.IsType<OnnxLanguageModel>(model);
        Assert.Equal("small", model.Name);
        Assert.Equal(source.ParameterCount, model.ParameterCount);
        Assert.Equal(source.Positions, model.Positions);
        Assert.Equal("answer", model.Metadata["edge.tasks"]);
        Assert.Equal(source.Tokenizer.Encode("naïve text"), model.Tokenizer.Encode("naïve text"));
        Assert.Equal(source.ChatTemplate.Name, model.ChatTemplate.Name);
    }

    [Fact]
    public void A_chat_model_answers_the_same_through_either_engine()
    {
        SpeakingModel.Write(folder["m.gguf"], "The bread rests for twelve hours.");
        Export(OnnxWeightType.Q8_0);
        foreach (var path in (string[])[folder["m.gguf"], folder["m.onnx"]])
        {
            using var model = LanguageModels.Open(path);
            Assert.Equal("chatml", model.ChatTemplate.Name);
            var prompt = model.ChatTemplate.Encode(model.Tokenizer, [new ChatMessage(ChatRole.User, "How long?")]);
            var result = model.Generate(prompt, new GenerationOptions());
            Assert.Equal("The bread rests for twelve hours.", result.Text.Trim());
            Assert.Equal(FinishReason.Stop, result.Finish);
        }
    }

    [Fact]
    public void A_model_too_long_for_ONNX_is_refused_with_the_number_and_leaves_nothing()
    {
        // llama2.c's first format needs no more than a header; the rest of the file is a hole.
        int[] header = [2048, 8192, 6, 16, 16, 70_000, 128];
        using (var file = File.Create(folder["m.bin"]))
        {
            file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(header));
            long layer = (4L * 2048 * 2048) + (3L * 2048 * 8192) + (2 * 2048);
            file.SetLength(28 + (4 * ((70_000L * 2048) + (6 * layer) + 2048 + (128 * 128))));
        }
        using (var tokens = new BinaryWriter(File.Create(folder["tokenizer.bin"])))
        {
            tokens.Write(3);
            for (var i = 0; i < 70_000; i++)
            {
                tokens.Write(-(float)i);
                tokens.Write(1);
                tokens.Write((byte)'a');
            }
        }
        File.WriteAllText(folder["m.onnx"], "what was there");
        using var source = ModelFile.Open(folder["m.bin"]);
        var refusal = Assert.Throws<ModelFormatException>(() =>
            OnnxExporter.Write(source, OnnxWeightType.F32, folder["m.onnx"])
        );
        Assert.Matches(
            "^m.bin: as ONNX F32 it would have 2,1[0-9]{2},[0-9]{3},[0-9]{3} bytes; .* at most 2,147,483,591",
            refusal.Message
        );
        Assert.Equal("what was there", File.ReadAllText(folder["m.onnx"]));
        Assert.False(File.Exists(folder["m.onnx.partial"]));
    }

    [Fact]
    public void The_model_of_another_file_is_not_written_over_the_one_that_was_there()
    {
        // The source changes between its opening and its check: what was written is not what the file now computes.
        Shapes["plain"].Write(folder["m.gguf"]);
        using var source = ModelFile.Open(folder["m.gguf"]);
        (Shapes["plain"] with { Seed = 6 }).Write(folder["other.gguf"]);
        File.Move(folder["other.gguf"], folder["m.gguf"], overwrite: true);
        File.WriteAllText(folder["m.onnx"], "what was there");
        var refusal = Assert.Throws<ModelFormatException>(() =>
            OnnxExporter.Write(source, OnnxWeightType.F32, folder["m.onnx"])
        );
        Assert.Contains("off our engine's, 0.001 is allowed: nothing was written", refusal.Message);
        Assert.Equal("what was there", File.ReadAllText(folder["m.onnx"]));
        Assert.False(File.Exists(folder["m.onnx.partial"]));
    }

    [Fact]
    public void What_is_in_an_exported_file_can_be_listed_without_running_it()
    {
        Shapes["untied"].Write(folder["m.gguf"]);
        Export(OnnxWeightType.F32);
        var file = OnnxFile.Open(folder["m.onnx"]);
        Assert.Equal((11, 23L), (file.Version, file.OperatorSets[""]));
        var output = file.Tensors.Single(tensor => tensor.Name == "output.weight");
        Assert.Equal($"output.weight (64, {SmallLlama.Vocab}) FLOAT", output.ToString());
        Assert.Equal(64L * SmallLlama.Vocab * 4, output.Bytes);
    }

    private void Export(OnnxWeightType type)
    {
        using var source = ModelFile.Open(folder["m.gguf"]);
        OnnxExporter.Write(source, type, folder["m.onnx"]);
    }

    /// <summary>Logits of 100 tokens, more than one pass takes, in three ways.</summary>
    private void AssertSame(double errorMax)
    {
        var random = new Random(1);
        var tokens = Enumerable.Range(0, 100).Select(_ => random.Next(SmallLlama.Vocab)).ToArray();
        float[][] expected;
        using (var ours = LanguageModel.Open(folder["m.gguf"], threads: 2))
            expected = ours.Logits(tokens);
        using var model = OnnxLanguageModel.Open(folder["m.onnx"], threads: 2);
        foreach (var found in (float[][][])[model.Logits(tokens), model.Logits(tokens, 1), model.Logits(tokens, 17)])
        {
            double errors = 0,
                squares = 0;
            for (var t = 0; t < tokens.Length; t++)
            {
                for (var i = 0; i < SmallLlama.Vocab; i++)
                {
                    errors += Math.Pow(found[t][i] - (double)expected[t][i], 2);
                    squares += Math.Pow(expected[t][i], 2);
                }
            }
            var relative = Math.Sqrt(errors / squares);
            TestContext.Current.TestOutputHelper?.WriteLine($"relative RMS error {relative:E2}");
            Assert.InRange(relative, 0, errorMax);
        }
    }
}
