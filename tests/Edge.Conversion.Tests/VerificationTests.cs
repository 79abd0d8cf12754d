using Edge.Conversion.Sources;
using Edge.Conversion.Weights;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Conversion.Tests;

/// <summary>The comparison after writing finds what a bad disk or a bad writer would do.</summary>
public sealed class VerificationTests
{
    [Theory]
    [InlineData(TensorType.F32, 4 * 1000)]
    [InlineData(TensorType.F16, 2 * 1000)]
    [InlineData(TensorType.Q8_0, 34 * 30)]
    [InlineData(TensorType.Q4_0, 18 * 30)]
    public void One_changed_weight_anywhere_is_found(TensorType type, int at)
    {
        using var temp = new TempFolder();
        new TestLlama().WriteGguf(temp["m.gguf"]);
        ModelConverter.Convert(temp["m.gguf"], temp["n.gguf"], new() { Type = type });
        Compare();

        // The sign of a number, or of the scale of its block: the byte after.
        var bytes = File.ReadAllBytes(temp["n.gguf"]);
        var start = (int)MiniGguf.Read(temp["n.gguf"]).Tensors["blk.1.ffn_up.weight"].Offset;
        bytes[start + at + (type == TensorType.F32 ? 3 : 1)] ^= 0x80;
        File.WriteAllBytes(temp["n.gguf"], bytes);
        var trouble = Assert.Throws<IOException>(Compare);
        Assert.Contains("tensor blk.1.ffn_up.weight differs in row ", trouble.Message, StringComparison.Ordinal);

        void Compare()
        {
            using var source = ModelSource.Open(temp["m.gguf"], null);
            using var written = ModelSource.Open(temp["n.gguf"], null);
            Verification.Compare(source, written, new Work(null, default));
        }
    }

    [Fact]
    public void Another_shape_or_rotation_is_found()
    {
        using var temp = new TempFolder();
        var model = new TestLlama();
        model.WriteGguf(temp["m.gguf"]);
        (model with { Theta = 20000 }).WriteGguf(temp["theta.gguf"]);
        (model with { LinearScaling = 2 }).WriteGguf(temp["scaled.gguf"]);
        Assert.Contains("its shape is", Trouble("theta.gguf"), StringComparison.Ordinal);
        Assert.Contains("its rotation is scaled in another way", Trouble("scaled.gguf"), StringComparison.Ordinal);

        string Trouble(string name)
        {
            using var source = ModelSource.Open(temp["m.gguf"], null);
            using var written = ModelSource.Open(temp[name], null);
            return Assert
                .Throws<IOException>(() => Verification.Compare(source, written, new Work(null, default)))
                .Message;
        }
    }

    [Fact]
    public void Another_alignment_is_read_and_the_usual_one_is_written()
    {
        using var temp = new TempFolder();
        new TestLlama().Fill(new Edge.Inference.Gguf.GgufWriter().Set("general.alignment", 16u)).Save(temp["m.gguf"]);
        ModelConverter.Convert(temp["m.gguf"], temp["n.gguf"], new());
        Assert.False(MiniGguf.Read(temp["n.gguf"]).Metadata.ContainsKey("general.alignment"));
        Assert.Equal(TestLlama.Logits(temp["m.gguf"]), TestLlama.Logits(temp["n.gguf"]));
    }
}
