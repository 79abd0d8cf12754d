using System.Text;
using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Inference.Tests.Gguf;

/// <summary>The second drawer of broken files: cuts at every place, counts and texts, overlaps, odd metadata.</summary>
public class MoreBrokenFileTests
{
    private static readonly Dictionary<string, (Func<byte[]> Make, string Message)> Drawer = new()
    {
        ["empty key"] = (
            () => Put(Good(), 24, new byte[8]),
            "x.gguf: the key of metadata pair 0 must have 1 to 65,535 bytes, found 0"
        ),
        ["key that is no UTF-8"] = (
            () => Patched("general.architecture", 0, [0xFF, 0xFE]),
            "x.gguf: the key of metadata pair 0 is not valid UTF-8"
        ),
        ["nameless tensor"] = (
            () => Patched("token_embd.weight", -8, new byte[8]),
            "x.gguf: the name of tensor 0 must have 1 to 255 bytes, found 0"
        ),
        ["tensor of a huge name"] = (
            () => Patched("token_embd.weight", -8, BitConverter.GetBytes(ulong.MaxValue)),
            "x.gguf: the name of tensor 0 must have 1 to 255 bytes, found 18,446,744,073,709,551,615"
        ),
        ["tensor name that is no UTF-8"] = (
            () => Patched("token_embd.weight", 0, [0xC3, 0x28]),
            "x.gguf: the name of tensor 0 is not valid UTF-8"
        ),
        ["text within an array beyond the file"] = (
            () => Patched("<unk>", -8, BitConverter.GetBytes(9_000_000UL)),
            "x.gguf: element 0 of tokenizer.ggml.tokens needs 9,000,000 bytes at"
        ),
        ["huge text within an array"] = (
            () => Patched("<unk>", -8, BitConverter.GetBytes(1UL << 63)),
            "x.gguf: element 0 of tokenizer.ggml.tokens is a string of 9,223,372,036,854,775,808 bytes; at most"
        ),
        ["array of texts that cannot fit"] = (
            () => Patched("tokenizer.ggml.tokens", 29, BitConverter.GetBytes(16_000_000UL)),
            "x.gguf: tokenizer.ggml.tokens needs 128,000,000 bytes at"
        ),
        ["array of an unknown type"] = (
            () => Patched("tokenizer.ggml.scores", 25, BitConverter.GetBytes(13)),
            "x.gguf: tokenizer.ggml.scores has element type 13, which GGUF does not define."
        ),
        ["value of an unknown type"] = (
            () => Patched("tokenizer.ggml.scores", 21, BitConverter.GetBytes(-1)),
            "x.gguf: tokenizer.ggml.scores has value type 4294967295, which GGUF does not define."
        ),
        ["alignment of one"] = (
            () => Extra(w => w.Set("general.alignment", 1u)),
            "x.gguf: general.alignment must be a power of two"
        ),
        ["negative alignment"] = (
            () => Extra(w => w.Set("general.alignment", -32)),
            "x.gguf: general.alignment must be 0 to 2,147,483,647, found -32."
        ),
        ["huge alignment"] = (
            () => Extra(w => w.Set("general.alignment", 1u << 30)),
            "x.gguf: general.alignment must be a power of two"
        ),
        ["alignment of 64 bits"] = (
            () => Extra(w => w.Set("general.alignment", ulong.MaxValue)),
            "x.gguf: general.alignment must be an integer, found u64."
        ),
        ["alignment as text"] = (
            () => Extra(w => w.Set("general.alignment", "32")),
            "x.gguf: general.alignment must be an integer, found string."
        ),
        ["tensors on one place"] = (
            () => AfterName("blk.0.attn_q.weight", 24, BitConverter.GetBytes(0UL)),
            "x.gguf: tensors token_embd.weight and blk.0.attn_q.weight overlap in the data."
        ),
        ["tensors that share their ends"] = (
            () => AfterName("blk.0.attn_q.weight", 24, BitConverter.GetBytes(32UL * 262 * 4)),
            "x.gguf: tensors blk.0.attn_norm.weight and blk.0.attn_q.weight overlap in the data."
        ),
        ["dimension of 64 bits"] = (
            () => AfterName("blk.0.attn_q.weight", 4, BitConverter.GetBytes(ulong.MaxValue)),
            "x.gguf: tensor blk.0.attn_q.weight has more than 1,099,511,627,776 elements."
        ),
        ["a billion dimensions"] = (
            () => AfterName("blk.0.attn_q.weight", 0, BitConverter.GetBytes(uint.MaxValue)),
            "x.gguf: tensor blk.0.attn_q.weight must have 1 to 4 dimensions, found 4,294,967,295."
        ),
        ["offset of 64 bits"] = (
            () => AfterName("blk.0.attn_q.weight", 24, BitConverter.GetBytes(ulong.MaxValue - 31)),
            "x.gguf: tensor blk.0.attn_q.weight starts 18,446,744,073,709,551,584 bytes into the data"
        ),
        ["offset at the end"] = (
            () => AfterName("output_norm.weight", 16, BitConverter.GetBytes((ulong)(Good().Length / 32 * 32))),
            "x.gguf: tensor output_norm.weight needs 128 bytes at"
        ),
        ["width of 64 bits"] = (
            () => Replaced("llama.embedding_length", w => w.Set("llama.embedding_length", ulong.MaxValue)),
            "x.gguf: llama.embedding_length must be an integer, found u64."
        ),
        ["width of a half"] = (
            () => Replaced("llama.embedding_length", w => w.Set("llama.embedding_length", 32.5f)),
            "x.gguf: llama.embedding_length must be an integer, found f32."
        ),
        ["theta of zero"] = (
            () => Replaced("llama.rope.freq_base", w => w.Set("llama.rope.freq_base", 0f)),
            "x.gguf: llama.rope.freq_base must be a finite number above 0, found 0."
        ),
        ["theta without end"] = (
            () => Replaced("llama.rope.freq_base", w => w.Set("llama.rope.freq_base", float.PositiveInfinity)),
            "x.gguf: llama.rope.freq_base must be a finite number above 0, found "
        ),
        ["theta as text"] = (
            () => Replaced("llama.rope.freq_base", w => w.Set("llama.rope.freq_base", "10000")),
            "x.gguf: llama.rope.freq_base must be a number, found string."
        ),
        ["linear scaling without its factor"] = (
            () => Extra(w => w.Set("llama.rope.scaling.type", "linear")),
            "x.gguf: llama.rope.scaling.factor is missing"
        ),
        ["scaling by zero"] = (
            () => Extra(w => w.Set("llama.rope.scaling.factor", 0f)),
            "x.gguf: llama.rope.scaling.factor must be a finite number above 0, found 0."
        ),
        ["too few rotation divisors"] = (
            () => Extra(w => w.AddTensor("rope_freqs.weight", TensorType.F32, [7], new byte[28])),
            "x.gguf: tensor rope_freqs.weight must have 8 elements, found the shape (7 elements)."
        ),
        ["rotation divisor of zero"] = (
            () => Extra(w => w.AddTensor("rope_freqs.weight", TensorType.F32, [8], new byte[32])),
            "x.gguf: rope_freqs.weight has a divisor that is not above 0."
        ),
        ["rotation divisor of NaN"] = (
            () =>
                Extra(w =>
                    w.AddTensor("rope_freqs.weight", TensorType.F32, [8], Enumerable.Repeat((byte)0xFF, 32).ToArray())
                ),
            "x.gguf: tensor rope_freqs.weight: element 0 is NaN, not a finite number."
        ),
        ["embedding of one dimension"] = (
            () => Other("token_embd.weight", [32]),
            "x.gguf: token_embd.weight must have 1 to 1,048,576 rows, found the shape (32 elements)."
        ),
        ["embedding of three dimensions"] = (
            () => Other("token_embd.weight", [32, 262, 2]),
            "x.gguf: token_embd.weight must have 1 to 1,048,576 rows"
        ),
        ["norm of two rows"] = (
            () => Other("output_norm.weight", [32, 2]),
            "x.gguf: tensor output_norm.weight must have 32 elements, found the shape (2 rows, 32 columns)."
        ),
        ["chat template of a number"] = (
            () => Extra(w => w.Set("tokenizer.chat_template", 5)),
            "x.gguf: tokenizer.chat_template must be a string, found i32."
        ),
        ["tokens as numbers"] = (
            () => Replaced("tokenizer.ggml.tokens", w => w.Set("tokenizer.ggml.tokens", [1, 2])),
            "x.gguf: tokenizer.ggml.tokens must be an array of strings, found array of i32 (2)."
        ),
        ["no tokens"] = (
            () => Replaced("tokenizer.ggml.tokens", w => w.Set("tokenizer.ggml.tokens", Array.Empty<string>())),
            "x.gguf: tokenizer.ggml.tokens must have 1 to 1,048,576 entries, found 0."
        ),
        ["score of NaN"] = (
            () =>
                Replaced(
                    "tokenizer.ggml.scores",
                    w => w.Set("tokenizer.ggml.scores", [.. Enumerable.Repeat(float.NaN, 262)])
                ),
            "x.gguf: tokenizer.ggml.scores: element 0 is not a finite number."
        ),
        ["scores as texts"] = (
            () =>
                Replaced(
                    "tokenizer.ggml.scores",
                    w => w.Set("tokenizer.ggml.scores", [.. Enumerable.Repeat("0", 262)])
                ),
            "x.gguf: tokenizer.ggml.scores must be an array of numbers, found array of string (262)."
        ),
        ["token of type seven"] = (
            () =>
                Replaced(
                    "tokenizer.ggml.token_type",
                    w => w.Set("tokenizer.ggml.token_type", [.. Enumerable.Repeat(7, 262)])
                ),
            "x.gguf: tokenizer.ggml.token_type: token 0 has type 7, which GGUF does not define."
        ),
        ["byte token that spells no byte"] = (
            () =>
                Replaced(
                    "tokenizer.ggml.token_type",
                    w => w.Set("tokenizer.ggml.token_type", [.. Enumerable.Repeat(6, 262)])
                ),
            "x.gguf: token 0 is a byte token, but not written like <0x0A>."
        ),
        ["negative begin token"] = (
            () => Extra(w => w.Set("tokenizer.ggml.bos_token_id", -1)),
            "x.gguf: tokenizer.ggml.bos_token_id must be 0 to 261, found -1."
        ),
    };

    public static TheoryData<string> Defects => [.. Drawer.Keys];

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_broken_file_is_refused_by_its_defect(string defect)
    {
        using var folder = new TempFolder();
        var (make, message) = Drawer[defect];
        File.WriteAllBytes(folder["x.gguf"], make());
        var refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Open(folder["x.gguf"]));
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using var folder = new TempFolder();
        var good = Good();
        File.WriteAllBytes(folder["x.gguf"], good);
        List<long> places;
        using (var gguf = GgufFile.Open(folder["x.gguf"]))
            places = [.. Ends(gguf)];
        // Every seventh byte of header and table, and before the ends of all tensors.
        for (var length = 0; length < places[0]; length += 7)
            Refused(length);
        foreach (var place in places)
            Refused((int)place - 1);

        void Refused(int length)
        {
            File.WriteAllBytes(folder["x.gguf"], good[..length]);
            var refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Open(folder["x.gguf"]));
            Assert.StartsWith("x.gguf: ", refusal.Message, StringComparison.Ordinal);
        }

        static IEnumerable<long> Ends(GgufFile gguf) =>
            gguf.Tensors.Select(tensor => tensor.Offset + tensor.Bytes).Prepend(gguf.DataOffset + 1);
    }

    [Fact]
    public void A_broken_byte_pair_vocabulary_is_refused_by_its_defect()
    {
        Refused(["a b", "\u4E00 b"], "t.gguf: tokenizer.ggml.merges: entry 1 is not two tokens");
        Refused(["ab"], "t.gguf: tokenizer.ggml.merges: entry 0 is not two tokens with a space between, found \"ab\".");
        Refused([" a"], "t.gguf: tokenizer.ggml.merges: entry 0 is not two tokens");
        Refused(["a "], "t.gguf: tokenizer.ggml.merges: entry 0 is not two tokens");
        Refused([""], "t.gguf: tokenizer.ggml.merges: entry 0 is not two tokens");
        Refused(["a \u4E00"], "t.gguf: tokenizer.ggml.merges: entry 0 is not two tokens");

        static void Refused(string[] merges, string message)
        {
            using var folder = new TempFolder();
            TinyModels.BytePair("gpt-2", merges, ["<|x|>"]).Save(folder["t.gguf"]);
            var refusal = Assert.Throws<ModelFormatException>(() => TokenizerFile.Open(folder["t.gguf"]));
            Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Good() => TinyModels.Bytes(TinyModels.Llama());

    private static byte[] Extra(Action<GgufWriter> add) => Replaced("extra", add);

    private static byte[] Replaced(string key, Action<GgufWriter> set) =>
        TinyModels.Bytes(
            TinyModels.Llama(
                replace: new Dictionary<string, Action<GgufWriter, string>> { [key] = (writer, _) => set(writer) }
            )
        );

    private static byte[] Other(string tensor, int[] dims) =>
        TinyModels.Bytes(TinyModels.Llama(tensor: (name, _) => name == tensor ? (TensorType.F32, dims) : null));

    /// <summary>Overwrites bytes that start so many after the first one of a name in the file, or before it.</summary>
    private static byte[] Patched(string name, int at, byte[] patch)
    {
        var bytes = Good();
        return Put(bytes, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)) + at, patch);
    }

    private static byte[] AfterName(string name, int skip, byte[] patch) => Patched(name, name.Length + skip, patch);

    private static byte[] Put(byte[] bytes, int at, byte[] patch)
    {
        patch.CopyTo(bytes, at);
        return bytes;
    }
}
