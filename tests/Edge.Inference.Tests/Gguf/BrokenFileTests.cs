using System.Buffers.Binary;
using System.Text;
using Edge.Inference.Gguf;
using Edge.TestKit;

namespace Edge.Inference.Tests.Gguf;

/// <summary>The drawer of broken files: each is named by its defect and must be refused with that message.</summary>
public class BrokenFileTests
{
    private static readonly Dictionary<string, (Func<byte[]> Make, string Message)> Drawer = new()
    {
        ["empty"] = (() => [], "x.gguf: is not a model that Edge knows: it looked for GGUF"),
        ["wrong magic"] = (() => Poke(0, 'X'), "x.gguf: is not a model that Edge knows: it looked for GGUF"),
        ["only the magic"] = (
            () => Good()[..4],
            "x.gguf: the version needs 4 bytes at 4, the file ends at 4: was the copy cut short? Copy it again."
        ),
        ["version 1"] = (() => Poke(4, 1), "x.gguf: GGUF version 1 is out of use."),
        ["future version"] = (() => Poke(4, 4), "x.gguf: GGUF version 4 is not one Edge knows; it reads 2 and 3."),
        ["big endian"] = (() => PokeU32(4, 0x03000000), "x.gguf: is a big-endian GGUF file"),
        ["overflowing tensor count"] = (
            () => PokeU64(8, ulong.MaxValue),
            "x.gguf: the number of tensors must be at most 65,536, found 18,446,744,073,709,551,615"
        ),
        ["overflowing pair count"] = (
            () => PokeU64(16, 1UL << 63),
            "x.gguf: the number of metadata pairs must be at most 65,536"
        ),
        ["tensor count beyond the file"] = (
            () => PokeU64(8, 60_000),
            "x.gguf: the table of tensors needs 1,920,000 bytes at"
        ),
        ["absurd key length"] = (
            () => PokeU64(24, 1UL << 40),
            "x.gguf: the key of metadata pair 0 must have 1 to 65,535 bytes, found 1,099,511,627,776"
        ),
        ["absurdly long string"] = (
            () => PokeAfter("general.architecture", 4, U64(1UL << 62)),
            "x.gguf: general.architecture is a string of 4,611,686,018,427,387,904 bytes; at most 16,777,216 are read"
        ),
        ["string beyond the file"] = (
            () => PokeAfter("general.architecture", 4, U64(5_000_000)),
            "x.gguf: general.architecture needs 5,000,000 bytes at"
        ),
        ["unknown value type"] = (
            () => PokeAfter("general.architecture", 0, U32(77)),
            "x.gguf: general.architecture has value type 77"
        ),
        ["nested arrays"] = (
            () => PokeAfter("tokenizer.ggml.tokens", 4, U32(9)),
            "x.gguf: tokenizer.ggml.tokens is an array of arrays, which Edge does not read."
        ),
        ["overflowing array"] = (
            () => PokeAfter("tokenizer.ggml.scores", 8, U64(ulong.MaxValue / 4)),
            "x.gguf: the number of elements of tokenizer.ggml.scores must be at most 16,777,216"
        ),
        ["array beyond the file"] = (
            () => PokeAfter("tokenizer.ggml.scores", 8, U64(1_000_000)),
            "x.gguf: tokenizer.ggml.scores needs 4,000,000 bytes at"
        ),
        ["bool of two"] = (
            () => Change("extra", (w, _) => w.Set("zz.flag", true), bytes => PokeAfter(bytes, "zz.flag", 4, [2])),
            "x.gguf: zz.flag must be a bool, 0 or 1, found 2."
        ),
        ["duplicate key"] = (
            () =>
                Change(
                    "extra",
                    (w, _) => w.Set("general.nane", "x"),
                    bytes => Rename(bytes, "general.nane", "general.name")
                ),
            "x.gguf: metadata key general.name is there twice."
        ),
        ["odd alignment"] = (
            () => Change("extra", (w, _) => w.Set("general.alignment", 48u)),
            "x.gguf: general.alignment must be a power of two from 8 to 65,536, found 48."
        ),
        ["zero alignment"] = (
            () => Change("extra", (w, _) => w.Set("general.alignment", 0u)),
            "x.gguf: general.alignment must be a power of two"
        ),
        ["duplicate tensor"] = (
            () => Rename(Good(), "blk.0.attn_v.weight", "blk.0.attn_k.weight"),
            "x.gguf: tensor blk.0.attn_k.weight is there twice."
        ),
        ["no dimensions"] = (
            () => PokeAfter("blk.0.attn_q.weight", 0, U32(0)),
            "x.gguf: tensor blk.0.attn_q.weight must have 1 to 4 dimensions, found 0."
        ),
        ["nine dimensions"] = (
            () => PokeAfter("blk.0.attn_q.weight", 0, U32(9)),
            "x.gguf: tensor blk.0.attn_q.weight must have 1 to 4 dimensions, found 9."
        ),
        ["zero dimension"] = (
            () => PokeAfter("blk.0.attn_q.weight", 4, U64(0)),
            "x.gguf: tensor blk.0.attn_q.weight has a dimension of zero."
        ),
        ["overflowing dimensions"] = (
            () => PokeAfter("blk.0.attn_q.weight", 4, [.. U64(1UL << 33), .. U64(1UL << 33)]),
            "x.gguf: tensor blk.0.attn_q.weight has more than 1,099,511,627,776 elements."
        ),
        ["K-quantised tensor"] = (
            () => PokeAfter("blk.0.ffn_gate.weight", 4, [.. U64(256), .. U64(1), .. U32(12)]),
            "x.gguf: tensor blk.0.ffn_gate.weight is stored as Q4_K; Edge reads F32, F16, BF16, Q8_0, Q4_0."
        ),
        ["unknown tensor type"] = (
            () => PokeAfter("blk.0.ffn_gate.weight", 20, U32(99)),
            "x.gguf: tensor blk.0.ffn_gate.weight has storage type 99, which Edge does not know"
        ),
        ["quantised remainder"] = (
            () => PokeAfter("blk.0.ffn_gate.weight", 4, [.. U64(33), .. U64(64), .. U32(8)]),
            "x.gguf: tensor blk.0.ffn_gate.weight has 33 columns; Q8_0 needs a multiple of 32."
        ),
        ["misaligned tensor"] = (
            () => PokeAfter("blk.0.ffn_gate.weight", 24, U64(33)),
            "x.gguf: tensor blk.0.ffn_gate.weight starts at 33, which is not a multiple of the alignment, 32."
        ),
        ["tensor beyond the file"] = (
            () => PokeAfter("blk.0.ffn_gate.weight", 24, U64(1UL << 62)),
            "x.gguf: tensor blk.0.ffn_gate.weight starts 4,611,686,018,427,387,904 bytes into the data"
        ),
        ["cut short"] = (() => Good()[..^100], "x.gguf: tensor output_norm.weight needs 128 bytes at"),
        ["another architecture"] = (
            () => Change("general.architecture", (w, k) => w.Set(k, "mamba")),
            "x.gguf: is a model of architecture mamba; Edge runs llama."
        ),
        ["no architecture"] = (
            () => Change("general.architecture", (_, _) => { }),
            "x.gguf: general.architecture is missing from the metadata."
        ),
        ["layers as text"] = (
            () => Change("llama.block_count", (w, k) => w.Set(k, "one")),
            "x.gguf: llama.block_count must be an integer, found string."
        ),
        ["zero layers"] = (
            () => Change("llama.block_count", (w, k) => w.Set(k, 0u)),
            "x.gguf: llama.block_count must be 1 to 1,024, found 0."
        ),
        ["zero heads"] = (
            () => Change("llama.attention.head_count", (w, k) => w.Set(k, 0u)),
            "x.gguf: llama.attention.head_count must be 1 to 1,024, found 0."
        ),
        ["zero kv heads"] = (
            () => Change("llama.attention.head_count_kv", (w, k) => w.Set(k, 0u)),
            "x.gguf: llama.attention.head_count_kv must be 1 to 1,024, found 0."
        ),
        ["kv heads that do not divide"] = (
            () =>
                Change(
                    "llama.attention.head_count",
                    (w, k) => w.Set(k, 4u),
                    also: ("llama.attention.head_count_kv", (w, k) => w.Set(k, 3u))
                ),
            "x.gguf: llama.attention.head_count is 4, which 3 key and value heads do not divide."
        ),
        ["negative context"] = (
            () => Change("llama.context_length", (w, k) => w.Set(k, -1)),
            "x.gguf: llama.context_length must be 1 to 16,777,216, found -1."
        ),
        ["epsilon of NaN"] = (
            () => Change("llama.attention.layer_norm_rms_epsilon", (w, k) => w.Set(k, float.NaN)),
            "x.gguf: llama.attention.layer_norm_rms_epsilon must be a finite number above 0, found NaN."
        ),
        ["unequal key and value"] = (
            () =>
                Change(
                    "extra",
                    (w, _) => w.Set("llama.attention.key_length", 16u).Set("llama.attention.value_length", 8u)
                ),
            "x.gguf: llama.attention.key_length is 16 and value_length 8; Edge needs them equal."
        ),
        ["odd rotation"] = (
            () => Change("extra", (w, _) => w.Set("llama.rope.dimension_count", 7u)),
            "x.gguf: llama.rope.dimension_count must be even and at most 16, found 7."
        ),
        ["yarn"] = (
            () => Change("extra", (w, _) => w.Set("llama.rope.scaling.type", "yarn")),
            "x.gguf: llama.rope.scaling.type is yarn; Edge knows none, linear"
        ),
        ["experts"] = (
            () => Change("extra", (w, _) => w.Set("llama.expert_count", 8u)),
            "x.gguf: is a mixture of 8 experts; Edge runs dense models only."
        ),
        ["a part of a model"] = (
            () => Change("extra", (w, _) => w.Set("split.count", 3u)),
            "x.gguf: is one of 3 parts of a model."
        ),
        ["vocabulary only"] = (
            () => TinyModels.Bytes(new GgufWriter().Set("general.architecture", "llama")),
            "x.gguf: holds a vocabulary only, no weights."
        ),
        ["wrong shape"] = (
            () => Tensor("blk.0.attn_k.weight", TensorType.F32, 32, 32),
            "x.gguf: tensor blk.0.attn_k.weight must have the shape (16 rows, 32 columns), found (32 rows, 32 columns)."
        ),
        ["short norm"] = (
            () => Tensor("output_norm.weight", TensorType.F32, 31),
            "x.gguf: tensor output_norm.weight must have 32 elements, found the shape (31 elements)."
        ),
        ["quantised norm"] = (
            () => Tensor("output_norm.weight", TensorType.Q8_0, 32),
            "x.gguf: tensor output_norm.weight is Q8_0; vectors must be F32, F16 or BF16."
        ),
        ["missing tensor"] = (
            () => Tensor("blk.0.ffn_up.weight", TensorType.F32),
            "x.gguf: tensor blk.0.ffn_up.weight is missing"
        ),
        ["a bias"] = (
            () => Rename(Tensor("extra", TensorType.F32, 32), "\u0005\0\0\0\0\0\0\0extra", "\u0005\0\0\0\0\0\0\0bias1"),
            "x.gguf: tensor bias1 is not part of a Llama model of 1 layers as Edge computes it"
        ),
        ["no tokenizer"] = (
            () => Change("tokenizer.ggml.model", (_, _) => { }),
            "x.gguf: has no tokenizer inside. Name one with --tokenizer FILE."
        ),
        ["unknown tokenizer"] = (
            () => Change("tokenizer.ggml.model", (w, k) => w.Set(k, "bert")),
            "x.gguf: tokenizer.ggml.model is bert; Edge knows llama (SentencePiece) and gpt2"
        ),
        ["too few tokens"] = (
            () =>
                Change(
                    "tokenizer.ggml.tokens",
                    (w, k) => w.Set(k, ["a", "b"]),
                    also: ("tokenizer.ggml.scores", (w, k) => w.Set(k, [0f, 0f])),
                    and: ("tokenizer.ggml.token_type", (w, k) => w.Set(k, [1, 1]))
                ),
            "x.gguf: the tokenizer has 2 tokens, but token_embd.weight has 262 rows: they do not fit."
        ),
        ["too few scores"] = (
            () => Change("tokenizer.ggml.scores", (w, k) => w.Set(k, [0f, 0f])),
            "x.gguf: tokenizer.ggml.scores must have 262 elements, one for each token, found 2."
        ),
        ["end token beyond the vocabulary"] = (
            () => Change("extra", (w, _) => w.Set("tokenizer.ggml.eos_token_id", 999u)),
            "x.gguf: tokenizer.ggml.eos_token_id must be 0 to 261, found 999."
        ),
        ["vocabulary size that does not fit"] = (
            () => Change("extra", (w, _) => w.Set("llama.vocab_size", 100u)),
            "x.gguf: llama.vocab_size is 100, but token_embd.weight has 262 rows."
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
    public void The_file_that_the_drawer_is_made_from_opens()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["x.gguf"], Good());
        using var model = ModelFile.Open(folder["x.gguf"]);
        Assert.Equal("tiny", model.Name);
    }

    [Fact]
    public void Any_damage_gives_a_format_exception_or_an_open_file()
    {
        using var folder = new TempFolder();
        byte[][] originals =
        [
            Good(),
            TinyModels.Bytes(TinyModels.Llama(TensorType.Q8_0, tied: false)),
            TinyModels.V0(),
            TinyModels.V1(),
            TinyModels.V2(),
        ];
        File.WriteAllBytes(folder["tokenizer.bin"], TinyModels.TokenizerBin());
        var random = new Random(20_251);
        var refused = 0;
        for (var round = 0; round < 2_500; round++)
        {
            var original = originals[round % originals.Length];
            var damaged = Damage(original, random);
            File.WriteAllBytes(folder["f"], damaged);
            try
            {
                using var model = ModelFile.Open(folder["f"]);
                model.Tokenizer.Encode("ab <s> é", parseSpecial: true);
            }
            catch (ModelFormatException e)
            {
                refused++;
                Assert.StartsWith("f: ", e.Message, StringComparison.Ordinal);
            }
            catch (Exception e)
            {
                Assert.Fail($"round {round}: {e}");
            }
        }
        Assert.InRange(refused, 500, 2_499);
    }

    [Fact]
    public void Any_damage_to_a_tokenizer_gives_a_format_exception_or_a_tokenizer()
    {
        using var folder = new TempFolder();
        byte[][] originals =
        [
            TinyModels.TokenizerBin(),
            TinyModels.Bytes(TinyModels.BytePair("llama-bpe", ["a b", "ab c"], ["<|begin|>", "<|eot_id|>"])),
        ];
        var random = new Random(42);
        for (var round = 0; round < 2_000; round++)
        {
            File.WriteAllBytes(folder["t"], Damage(originals[round % 2], random));
            try
            {
                var tokenizer = Edge.Inference.Tokenizers.TokenizerFile.Open(folder["t"]);
                tokenizer.Decode(tokenizer.Encode("abc <|eot_id|> é 12", parseSpecial: true));
            }
            catch (ModelFormatException) { }
            catch (Exception e)
            {
                Assert.Fail($"round {round}: {e}");
            }
        }
    }

    /// <summary>Mostly in the first part, where the structure is: bytes, whole numbers, cuts, repeats.</summary>
    private static byte[] Damage(byte[] original, Random random)
    {
        var bytes = original.ToArray();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(random.Next(3) == 0 ? bytes.Length : Math.Min(bytes.Length, 1_000));
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    ulong[] odd = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, ulong.MaxValue, 1UL << 63, 1UL << 40];
                    var value = U64(odd[random.Next(odd.Length)]);
                    value.AsSpan(0, Math.Min(8, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                    break;
                case 3:
                    bytes = bytes[..Math.Max(1, at)];
                    break;
                default:
                    bytes = [.. bytes[..at], .. bytes[Math.Max(0, at - 16)..]];
                    break;
            }
        }
        return bytes;
    }

    private static byte[] Good() => TinyModels.Bytes(TinyModels.Llama());

    private static byte[] Tensor(string name, TensorType type, params int[] dims) =>
        TinyModels.Bytes(TinyModels.Llama(tensor: (n, _) => n == name ? (type, dims) : null));

    private static byte[] Change(
        string key,
        Action<GgufWriter, string> set,
        Func<byte[], byte[]>? surgery = null,
        (string Key, Action<GgufWriter, string> Set)? also = null,
        (string Key, Action<GgufWriter, string> Set)? and = null
    )
    {
        var replace = new Dictionary<string, Action<GgufWriter, string>> { [key] = set };
        if (also is { } second)
            replace[second.Key] = second.Set;
        if (and is { } third)
            replace[third.Key] = third.Set;
        var bytes = TinyModels.Bytes(TinyModels.Llama(replace: replace));
        return surgery?.Invoke(bytes) ?? bytes;
    }

    private static byte[] Poke(int at, int value)
    {
        var bytes = Good();
        bytes[at] = (byte)value;
        return bytes;
    }

    private static byte[] PokeU32(int at, uint value) => PokeAt(Good(), at, U32(value));

    private static byte[] PokeU64(int at, ulong value) => PokeAt(Good(), at, U64(value));

    private static byte[] PokeAfter(string name, int skip, byte[] patch) => PokeAfter(Good(), name, skip, patch);

    /// <summary>Overwrites bytes that come <paramref name="skip"/> bytes after a name in the file.</summary>
    private static byte[] PokeAfter(byte[] bytes, string name, int skip, byte[] patch)
    {
        var found = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name));
        return PokeAt(bytes, found + name.Length + skip, patch);
    }

    private static byte[] PokeAt(byte[] bytes, int at, byte[] patch)
    {
        patch.CopyTo(bytes, at);
        return bytes;
    }

    private static byte[] Rename(byte[] bytes, string from, string to)
    {
        var found = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        return PokeAt(bytes, found, Encoding.UTF8.GetBytes(to));
    }

    private static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
