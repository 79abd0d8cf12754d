using Edge.Inference.Gguf;
using Edge.TestKit;

namespace Edge.Inference.Tests.Gguf;

/// <summary>Tensors that are written when the file is, and metadata that goes from one file to another.</summary>
public class StreamedTensorTests
{
    [Fact]
    public void A_streamed_tensor_gives_the_same_file_as_a_held_one()
    {
        byte[] payload = [.. Enumerable.Range(0, 68).Select(i => (byte)i)];
        var held = new GgufWriter().Set("a", 1).AddTensor("t", TensorType.Q8_0, [32, 2], payload);
        var streamed = new GgufWriter().Set("a", 1).AddTensor("t", TensorType.Q8_0, [32, 2], Write);
        Assert.Equal(TinyModels.Bytes(held), TinyModels.Bytes(streamed));
        Assert.Equal(TinyModels.Bytes(held).Length, streamed.FileBytes());

        void Write(Stream stream)
        {
            stream.Write(payload.AsSpan(0, 30));
            stream.Write(payload, 30, 38);
        }
    }

    [Theory]
    [InlineData(67)]
    [InlineData(69)]
    public void A_tensor_of_another_size_than_its_shape_is_a_mistake_and_leaves_no_file(int bytes)
    {
        using var folder = new TempFolder();
        var writer = new GgufWriter().AddTensor("t", TensorType.Q8_0, [32, 2], to => to.Write(new byte[bytes]));
        Assert.Throws<InvalidOperationException>(() => writer.Save(folder["m.gguf"]));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Every_kind_of_pair_is_copied_as_it_is()
    {
        using var folder = new TempFolder();
        new GgufWriter()
            .Set("text", "né\0")
            .Set("u32", uint.MaxValue)
            .Set("i32", int.MinValue)
            .Set("u64", ulong.MaxValue)
            .Set("f32", -0f)
            .Set("flag", true)
            .Set("texts", ["", "x"])
            .Set("ints", [-1, 2])
            .Set("floats", [1e-40f, 2f])
            .Save(folder["a.gguf"]);
        using (var source = GgufFile.Open(folder["a.gguf"]))
        {
            var copy = new GgufWriter();
            foreach (var (key, value) in source.Metadata)
                copy.Copy(key, value);
            copy.Save(folder["b.gguf"]);
        }
        Assert.Equal(File.ReadAllBytes(folder["a.gguf"]), File.ReadAllBytes(folder["b.gguf"]));
    }
}
