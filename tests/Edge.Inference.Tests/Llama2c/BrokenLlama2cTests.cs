using Edge.Inference.Tests.Gguf;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Inference.Tests.Llama2c;

/// <summary>The drawers of broken llama2.c models and tokenizers.</summary>
public class BrokenLlama2cTests
{
    /// <summary>Where v1 and v2 have the numbers of their shape.</summary>
    private static readonly string[] Shape = ["dim", "hidden", "layers", "heads", "kv heads", "vocab", "context"];

    [Fact]
    public void Each_number_of_the_shape_is_held_against_its_limit()
    {
        for (var i = 0; i < Shape.Length; i++)
        {
            foreach (var value in (int[])[0, -1, int.MaxValue, int.MinValue])
                Refused(Put(TinyModels.V1(), 8 + (4 * i), value), $"m.bin: {Shape[i]} must be 1 to ");
        }
    }

    [Fact]
    public void Largest_shapes_overflow_nothing_and_are_told_from_the_length_of_the_file()
    {
        // 65,536 wide, 1,024 layers, 1,024 heads, a vocabulary of a million: about 10^15 bytes.
        foreach (var (header, first) in new[] { (TinyModels.V1(), 8), (TinyModels.V2(), 8), (TinyModels.V0(), 0) })
        {
            int[] largest = [65_536, 524_288, 1_024, 1_024, 1_024, 1_048_576, 16_777_216];
            for (var i = 0; i < largest.Length; i++)
                TinyModels.Ints(largest[i]).CopyTo(header, first + (4 * i));
            Refused(header, "m.bin: has a llama2.c v", " bytes; the file ends at");
        }
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 2)]
    [InlineData(32, 1)]
    public void Heads_that_do_not_divide_the_width_evenly_are_refused(int heads, int kvHeads)
    {
        var file = Put(Put(TinyModels.V1(), 20, heads), 24, kvHeads);
        Refused(
            file,
            $"m.bin: {heads} heads and {kvHeads} kv heads do not divide a dim of 32 into heads of an even width"
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-32)]
    [InlineData(16)]
    [InlineData(131_072)]
    [InlineData(int.MinValue)]
    public void A_group_size_that_is_none_is_refused(int groupSize) =>
        Refused(Put(TinyModels.V2(), 37, groupSize), "m.bin: the group size must be a multiple of 32, found ");

    [Fact]
    public void A_negative_vocabulary_is_for_version_0_only()
    {
        Refused(Put(TinyModels.V1(), 28, -262), "m.bin: vocab must be 1 to 1,048,576, found -262");
        using var folder = new TempFolder();
        using var model = Open(folder, TinyModels.V0(tied: false));
        Assert.False(model.Config.TiedOutput);
    }

    [Fact]
    public void The_byte_that_says_tied_is_zero_or_one()
    {
        var file = TinyModels.V1();
        file[36] = 2;
        Refused(file, "m.bin: the byte that says whether the output is tied must be 0 or 1, found 2.");
    }

    [Fact]
    public void A_norm_that_is_no_number_is_refused_in_every_version()
    {
        Refused(
            Put(TinyModels.V0(), 28 + (262 * 32 * 4), -1),
            "m.bin: the norm at 33,564 holds a number that is not finite"
        );
        Refused(Put(TinyModels.V1(), 256, -1), "m.bin: the norm at 256 holds a number that is not finite");
        Refused(Put(TinyModels.V2(), 256 + 128, -1), "m.bin: the norm at 384 holds a number that is not finite");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        foreach (var good in (byte[][])[TinyModels.V0(), TinyModels.V1(), TinyModels.V2()])
        {
            for (var length = 0; length < 300; length += 3)
                Refused(good[..length], "m.bin: ");
            for (var length = 300; length < good.Length; length += good.Length / 40)
                Refused(good[..length], "m.bin: ");
            Refused(good[..^1], "m.bin: ");
        }
    }

    [Fact]
    public void A_tokenizer_cut_anywhere_within_a_token_is_refused()
    {
        using var folder = new TempFolder();
        var good = TinyModels.TokenizerBin();
        var whole = new HashSet<int>();
        for (var at = 4; at < good.Length; at += 8 + BitConverter.ToInt32(good, at + 4))
            whole.Add(at);
        for (var length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(folder["t.bin"], good[..length]);
            // Between two tokens the model's size tells, and the three special ones that must be there.
            int? size = whole.Contains(length) ? 262 : null;
            var refusal = Assert.Throws<ModelFormatException>(() => TokenizerFile.Open(folder["t.bin"], size));
            Assert.StartsWith("t.bin: ", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Broken_tokens_are_refused_by_their_defect()
    {
        var good = TinyModels.TokenizerBin();
        Refused(Put(good, 0, 0), "t.bin: is neither a GGUF nor a llama2.c tokenizer: a longest token of 0 bytes");
        Refused(Put(good, 0, -1), "t.bin: is neither a GGUF nor a llama2.c tokenizer: a longest token of -1 bytes");
        Refused(
            Put(good, 0, 65_537),
            "t.bin: is neither a GGUF nor a llama2.c tokenizer: a longest token of 65,537 bytes"
        );
        Refused(Put(good, 8, 0), "t.bin: token 0 must have 1 to 7 bytes, found 0");
        Refused(Put(good, 8, 8), "t.bin: token 0 must have 1 to 7 bytes, found 8");
        Refused(Put(good, 8, int.MinValue), "t.bin: token 0 must have 1 to 7 bytes, found -2,147,483,648");
        Refused(Put(good, 4, BitConverter.SingleToInt32Bits(float.NegativeInfinity)), "t.bin: token 0 has the score ");
        Refused(
            TinyModels.TokenizerBin(2),
            "t.bin: has 2 tokens; unknown, begin and end are the least a tokenizer needs."
        );
        Refused(good[..4], "t.bin: has 0 tokens; unknown, begin and end are the least");

        static void Refused(byte[] bytes, string message)
        {
            using var folder = new TempFolder();
            File.WriteAllBytes(folder["t.bin"], bytes);
            var refusal = Assert.Throws<ModelFormatException>(() => TokenizerFile.Open(folder["t.bin"]));
            Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        }
    }

    private static void Refused(byte[] bytes, string start, string contained = "")
    {
        using var folder = new TempFolder();
        var refusal = Assert.Throws<ModelFormatException>(() => Open(folder, bytes));
        Assert.StartsWith(start, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(contained, refusal.Message, StringComparison.Ordinal);
    }

    private static ModelFile Open(TempFolder folder, byte[] bytes)
    {
        File.WriteAllBytes(folder["m.bin"], bytes);
        File.WriteAllBytes(folder["tokenizer.bin"], TinyModels.TokenizerBin());
        return ModelFile.Open(folder["m.bin"]);
    }

    private static byte[] Put(byte[] bytes, int at, int value)
    {
        var patched = bytes.ToArray();
        TinyModels.Ints(value).CopyTo(patched, at);
        return patched;
    }
}
