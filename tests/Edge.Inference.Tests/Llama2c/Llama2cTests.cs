using Edge.Inference.Tests.Gguf;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Inference.Tests.Llama2c;

public unsafe class Llama2cTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_tensor_of_version_0_is_found_in_its_place(bool tied)
    {
        using var folder = new TempFolder();
        using var model = Open(folder, TinyModels.V0(tied));
        Assert.Equal("llama2.c v0", model.Format);
        // The file counts its floats, so each tensor's first element is its offset: embedding 262 x 32, norms 2 x 32,
        // then wq 2 x 32 x 32, wk and wv 2 x 16 x 32 each, wo, norms, w1, w2, w3 of 2 x 64 x 32, the final norm.
        var layer = model.Weights.Layers[1];
        Assert.Equal(8384 + 32, layer.AttentionNorm[0]);
        Assert.Equal(8448 + 1024, First(layer.Query));
        Assert.Equal(10496 + 512, First(layer.Key));
        Assert.Equal(11520 + 512, First(layer.Value));
        Assert.Equal(12544 + 1024, First(layer.AttentionOutput));
        Assert.Equal(14592 + 32, layer.FeedForwardNorm[0]);
        Assert.Equal(14656 + 2048, First(layer.Gate));
        Assert.Equal(18752 + 2048, First(layer.Down));
        Assert.Equal(22848 + 2048, First(layer.Up));
        Assert.Equal(26944, model.Weights.OutputNorm[0]);
        Assert.Equal(tied ? 0 : 26976 + 256, First(model.Weights.Output));
        Assert.Equal((tied, 262), (model.Config.TiedOutput, model.Config.VocabSize));
    }

    [Fact]
    public void Version_1_puts_all_norms_first()
    {
        using var folder = new TempFolder();
        using var model = Open(folder, TinyModels.V1(tied: false));
        var layer = model.Weights.Layers[1];
        Assert.Equal((32f, 96f, 128f), (layer.AttentionNorm[0], layer.FeedForwardNorm[0], model.Weights.OutputNorm[0]));
        Assert.Equal(160, First(model.Weights.TokenEmbedding));
        Assert.Equal(160 + 8384 + 1024, First(layer.Query));
        Assert.Equal(160 + 8384 + 6144 + 4096 + 2048, First(layer.Down));
        Assert.Equal(160 + 8384 + 6144 + 12288, First(model.Weights.Output));
    }

    [Fact]
    public void Version_2_has_a_plane_of_bytes_and_a_plane_of_scales()
    {
        using var folder = new TempFolder();
        using var model = Open(folder, TinyModels.V2());
        var query = model.Weights.Layers[0].Query;
        Assert.Equal((TensorType.Q8Planar, 32), (query.Type, query.GroupSize));
        Assert.Equal("Q8Planar", model.WeightType);
        Assert.Equal(1024, (byte*)query.Scales - query.Data);
        Assert.Equal(1024 + 128, model.Weights.Layers[1].Query.Data - query.Data);
    }

    [Fact]
    public void Broken_files_are_refused_by_their_defect()
    {
        Refused(
            TinyModels.V0()[..^4],
            "m.bin: has a llama2.c v0 header (dim 32, 2 layers, vocab 262), which needs 108,956 bytes; the file ends at 108,952: was the copy cut short?"
        );
        Refused(
            [.. TinyModels.V0(), 0],
            "m.bin: has a llama2.c v0 header (dim 32, 2 layers, vocab 262), which ends at 108,956 bytes; the file goes on to 108,957."
        );
        Refused(
            TinyModels.V1()[..100],
            "m.bin: the llama2.c header needs 256 bytes at 0, the file ends at 100: was the copy cut short?"
        );
        Refused([.. TinyModels.V2(), 0], "m.bin: has a llama2.c v2 header");
        Refused(
            Patched(TinyModels.V1(), 4, 3),
            "m.bin: llama2.c version 3 is not one Edge knows; it reads 0, 1 and 2."
        );
        Refused(Patched(TinyModels.V1(), 8, 0), "m.bin: dim must be 1 to 65,536, found 0");
        Refused(Patched(TinyModels.V1(), 20, 0), "m.bin: heads must be 1 to 1,024, found 0");
        Refused(
            Patched(TinyModels.V1(), 28, int.MinValue),
            "m.bin: vocab must be 1 to 1,048,576, found -2,147,483,648"
        );
        Refused(Patched(TinyModels.V2(), 37, 48), "m.bin: the group size must be a multiple of 32, found 48.");
        Refused(Patched(TinyModels.V2(), 37, 64), "m.bin: the group size, 64, must divide both widths, 32 and 64.");
        Refused(
            Patched(TinyModels.V0(), 20, int.MinValue),
            "m.bin: is not a model that Edge knows: it looked for GGUF"
        );
        Refused("hello, this is a note of mine and no model"u8.ToArray(), "m.bin: is not a model that Edge knows");
    }

    [Fact]
    public void A_tokenizer_that_does_not_fit_its_model_is_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["m.bin"], TinyModels.V0());
        File.WriteAllBytes(folder["t.bin"], TinyModels.TokenizerBin(261));
        var refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Open(folder["m.bin"], folder["t.bin"]));
        Assert.StartsWith(
            "t.bin: has 261 tokens, the model 262: this tokenizer does not fit its model.",
            refusal.Message,
            StringComparison.Ordinal
        );

        TinyModels.BytePair("gpt-2", ["a b"], ["<|x|>"]).Save(folder["t.gguf"]);
        refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Open(folder["m.bin"], folder["t.gguf"]));
        Assert.StartsWith("t.gguf: has 258 tokens, the model 262", refusal.Message, StringComparison.Ordinal);

        refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Open(folder["m.bin"]));
        Assert.Contains("--tokenizer FILE", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_tokenizers_are_refused_by_their_defect()
    {
        using var folder = new TempFolder();
        void Refused(byte[] bytes, string message)
        {
            File.WriteAllBytes(folder["t.bin"], bytes);
            var refusal = Assert.Throws<ModelFormatException>(() => TokenizerFile.Open(folder["t.bin"]));
            Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        }
        var good = TinyModels.TokenizerBin();
        Refused([], "t.bin: the header of a llama2.c tokenizer needs 4 bytes at 0, the file ends at 0");
        Refused(good[..^1], "t.bin: token 261 needs 1 bytes at");
        Refused(
            Patched(good, 0, int.MaxValue),
            "t.bin: is neither a GGUF nor a llama2.c tokenizer: a longest token of 2,147,483,647"
        );
        Refused(Patched(good, 8, int.MaxValue), "t.bin: token 0 must have 1 to 7 bytes, found 2,147,483,647");
        Refused(Patched(good, 8, -1), "t.bin: token 0 must have 1 to 7 bytes, found -1");
        Refused(Patched(good, 4, BitConverter.SingleToInt32Bits(float.NaN)), "t.bin: token 0 has the score NaN");
    }

    private static void Refused(byte[] bytes, string message)
    {
        using var folder = new TempFolder();
        var refusal = Assert.Throws<ModelFormatException>(() => Open(folder, bytes));
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    private static ModelFile Open(TempFolder folder, byte[] bytes)
    {
        File.WriteAllBytes(folder["m.bin"], bytes);
        File.WriteAllBytes(folder["tokenizer.bin"], TinyModels.TokenizerBin());
        return ModelFile.Open(folder["m.bin"]);
    }

    private static byte[] Patched(byte[] bytes, int at, int value)
    {
        var patched = bytes.ToArray();
        TinyModels.Ints(value).CopyTo(patched, at);
        return patched;
    }

    private static float First(Matrix matrix) => *(float*)matrix.Data;
}
