using Edge.Inference.Gguf;
using Edge.TestKit;

namespace Edge.Inference.Tests.Gguf;

public unsafe class WriterTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TempFolder();
        var payload = Enumerable.Range(0, 34 * 6).Select(i => (byte)i).ToArray();
        new GgufWriter()
            .Set("a.text", "né\u001b[2J")
            .Set("a.u32", uint.MaxValue)
            .Set("a.i32", -5)
            .Set("a.u64", ulong.MaxValue)
            .Set("a.f32", 0.5f)
            .Set("a.flag", true)
            .Set("a.texts", ["x", "", "z"])
            .Set("a.ints", [.. Enumerable.Range(-1, 10)])
            .Set("a.floats", [1.5f, -2f])
            .AddTensor("first", TensorType.F16, [3], new byte[6])
            .AddTensor("second", TensorType.Q8_0, [64, 3], payload)
            .Save(folder["w.gguf"]);

        using var gguf = GgufFile.Open(folder["w.gguf"]);
        Assert.Equal((3, 32, 9), (gguf.Version, gguf.Alignment, gguf.Metadata.Count));
        Assert.Equal(
            [
                "né\\u001B[2J",
                "4294967295",
                "-5",
                "18446744073709551615",
                "0.5",
                "true",
                "[\"x\", \"\", \"z\"]",
                "[-1, 0, 1, 2, 3, 4, 5, 6, … 10 in all]",
                "[1.5, -2]",
            ],
            gguf.Metadata.Select(pair => pair.Value.Describe())
        );
        Assert.Equal("array of string (3)", gguf.Metadata.Find("a.texts")!.TypeText);
        var second = gguf.FindTensor("second")!;
        Assert.Equal(("Q8_0", 192L, 204L, 0L), (second.Type.Name, second.Elements, second.Bytes, second.Offset % 32));
        Assert.Equal(
            payload,
            File.ReadAllBytes(folder["w.gguf"])[(int)second.Offset..(int)(second.Offset + second.Bytes)]
        );
        Assert.False(File.Exists(folder["w.gguf.partial"]));
    }

    [Fact]
    public void The_same_calls_give_the_same_bytes() =>
        Assert.Equal(TinyModels.Bytes(TinyModels.Llama()), TinyModels.Bytes(TinyModels.Llama()));

    [Fact]
    public void Mistakes_are_refused_before_anything_is_written()
    {
        var writer = new GgufWriter().Set("a", 1).AddTensor("t", TensorType.F32, [1], new byte[4]);
        Assert.Throws<ArgumentException>(() => writer.Set("a", 2));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("t", TensorType.F32, [1], new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("u", TensorType.F32, [2], new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("u", TensorType.Q8_0, [33], new byte[34]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("u", TensorType.F32, [0], Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("u", TensorType.Q8Planar, [32], new byte[36]));
    }

    [Fact]
    public void A_vector_in_half_precision_is_read_as_numbers()
    {
        using var folder = new TempFolder();
        TinyModels
            .Llama(tensor: (name, dims) => name == "output_norm.weight" ? (TensorType.BF16, dims) : null)
            .Save(folder["m.gguf"]);
        using var model = ModelFile.Open(folder["m.gguf"]);
        Assert.Equal(new float[TinyModels.Dim], model.Weights.OutputNorm);
        Assert.Equal(31, model.Weights.Layers[0].AttentionNorm[31]);
        Assert.Equal(33, ((float*)model.Weights.Layers[0].Query.Data)[33]);
    }

    [Fact]
    public void Linear_rope_scaling_becomes_divisors()
    {
        using var folder = new TempFolder();
        var extra = new Dictionary<string, Action<GgufWriter, string>>
        {
            ["extra"] = (writer, _) =>
                writer.Set("llama.rope.scaling.type", "linear").Set("llama.rope.scaling.factor", 4f),
        };
        TinyModels.Llama(replace: extra).Save(folder["m.gguf"]);
        using var model = ModelFile.Open(folder["m.gguf"]);
        Assert.Equal(Enumerable.Repeat(4f, 8), model.Weights.RopeDivisors!);
    }

    [Fact]
    public void A_file_that_cannot_be_read_says_so_as_an_IO_failure()
    {
        using var folder = new TempFolder();
        Assert.ThrowsAny<IOException>(() => ModelFile.Open(folder["absent.gguf"]));
        Assert.ThrowsAny<IOException>(() => ModelFile.Open(folder.Path));
    }

    [Fact]
    public void Sizes_count_each_weight_once()
    {
        using var folder = new TempFolder();
        TinyModels.Llama(tied: false).Save(folder["m.gguf"]);
        using var model = ModelFile.Open(folder["m.gguf"]);
        // Embedding and output 262 x 32 each; q and o 32 x 32, k and v 16 x 32; three of 64 x 32; three norms of 32.
        const int layer = (2 * 1024) + (2 * 512) + (3 * 2048);
        Assert.Equal((2 * 8384) + layer + 96, model.ParameterCount);
        Assert.Equal(4 * (8384 + layer + 96), model.WeightBytes);
    }

    [Fact]
    public void Disposing_twice_is_harmless_and_an_array_read_afterwards_is_refused()
    {
        using var folder = new TempFolder();
        TinyModels.Llama().Save(folder["m.gguf"]);
        var gguf = GgufFile.Open(folder["m.gguf"]);
        var tokens = gguf.Metadata.Find("tokenizer.ggml.tokens")!;
        gguf.Dispose();
        gguf.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tokens.Describe());
    }
}
