using Edge.Inference.Gguf;
using Edge.Inference.Tests.Gguf;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Inference.Tests.Tokenizers;

public class SpecialTokenTests
{
    [Fact]
    public void Control_tokens_are_found_only_when_asked_for()
    {
        var tokenizer = Open(TinyModels.BytePair("llama-bpe", ["a b"], ["<|begin|>", "<|eot_id|>", "<|eot|>"]));
        Assert.Equal([257, 'a', 258], tokenizer.Encode("a<|eot_id|>", parseSpecial: true));
        Assert.DoesNotContain(258, tokenizer.Encode("a<|eot_id|>"));
        Assert.True(tokenizer.IsEnd(258));
        Assert.False(tokenizer.IsEnd(259));
        Assert.Equal("", tokenizer.Decode([257, 258]));
    }

    [Fact]
    public void The_longest_of_the_special_tokens_that_start_here_wins()
    {
        var tokenizer = Open(TinyModels.BytePair("gpt-2", ["a b"], ["<a>", "<a><b>", "<a><b"]));
        Assert.Equal([258, 257, 259], tokenizer.Encode("<a><b><a><a><b", addBos: false, parseSpecial: true));
    }

    [Fact]
    public void User_defined_tokens_are_always_taken_whole()
    {
        using var folder = new TempFolder();
        var types = Enumerable.Repeat(1, 256).Append(4).ToArray();
        string[] tokens = [.. Enumerable.Range(0, 256).Select(b => ByteAlphabet.CharOf((byte)b).ToString()), "    "];
        new GgufWriter()
            .Set("tokenizer.ggml.model", "gpt2")
            .Set("tokenizer.ggml.pre", "gpt-2")
            .Set("tokenizer.ggml.tokens", tokens)
            .Set("tokenizer.ggml.token_type", types)
            .Set("tokenizer.ggml.merges", ["a b"])
            .Save(folder["t.gguf"]);
        var tokenizer = TokenizerFile.Open(folder["t.gguf"]);
        Assert.Equal(256, tokenizer.Encode("x    y")[1]);
        Assert.Equal("x    y", tokenizer.Decode(tokenizer.Encode("x    y")));
    }

    [Fact]
    public void Text_can_not_spell_a_control_or_byte_token_of_a_SentencePiece_vocabulary()
    {
        using var folder = new TempFolder();
        var writer = new GgufWriter();
        TinyModels.SentencePiece(writer, TinyModels.Vocab);
        writer.Save(folder["t.gguf"]);
        var tokenizer = TokenizerFile.Open(folder["t.gguf"]);
        Assert.DoesNotContain(2, tokenizer.Encode("</s>"));
        Assert.Contains(2, tokenizer.Encode("</s>", parseSpecial: true));
        Assert.Equal("a</s> <0x0A>é", tokenizer.Decode(tokenizer.Encode("a</s> <0x0A>é")));
        Assert.Equal([1, 259, 260, 261, 3 + 0xC3, 3 + 0xA9], tokenizer.Encode("abé"));
    }

    [Fact]
    public void Merges_go_by_rank_and_then_from_the_left()
    {
        var tokenizer = Open(TinyModels.BytePair("gpt-2", ["b c", "a b", "a a", "aa a"], []));
        Assert.Equal(["a", "bc"], Pieces(tokenizer, "abc"));
        Assert.Equal(["aa", "aaa"], Pieces(tokenizer, "aaaaa"));
        Assert.Equal(["aaa"], Pieces(tokenizer, "aaa"));
    }

    [Fact]
    public void An_unknown_way_of_splitting_is_refused()
    {
        using var folder = new TempFolder();
        TinyModels.BytePair("tekken", ["a b"], []).Save(folder["t.gguf"]);
        var refusal = Assert.Throws<ModelFormatException>(() => TokenizerFile.Open(folder["t.gguf"]));
        Assert.StartsWith(
            "t.gguf: tokenizer.ggml.pre is tekken, a way of splitting text that Edge does not know; it knows default, gpt-2",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Half_a_surrogate_pair_is_encoded_as_the_replacement_character()
    {
        var tokenizer = Open(TinyModels.BytePair("gpt-2", ["a b"], []));
        Assert.Equal("a\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uD83Db")));
    }

    [Fact]
    public void A_stream_cut_anywhere_gives_the_same_text()
    {
        byte[] bytes = [.. "aé€🚀"u8, 0xF0, 0x9F, 0x41, 0xFF, 0xC3];
        var whole = System.Text.Encoding.UTF8.GetString(bytes);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var streamer = new Utf8Streamer();
            Assert.Equal(
                whole,
                streamer.Push(bytes.AsSpan(0, cut)) + streamer.Push(bytes.AsSpan(cut)) + streamer.Flush()
            );
        }
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_a_mistake_of_the_caller()
    {
        var tokenizer = Open(TinyModels.BytePair("gpt-2", ["a b"], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TokenBytes(257).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Piece(-1));
    }

    private static IEnumerable<string> Pieces(Tokenizer tokenizer, string text) =>
        tokenizer.Encode(text).Select(tokenizer.Piece);

    private static Tokenizer Open(GgufWriter writer)
    {
        using var folder = new TempFolder();
        writer.Save(folder["t.gguf"]);
        return TokenizerFile.Open(folder["t.gguf"]);
    }
}
