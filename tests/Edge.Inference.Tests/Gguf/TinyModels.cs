using System.Runtime.InteropServices;
using Edge.Inference.Gguf;

namespace Edge.Inference.Tests.Gguf;

/// <summary>Small valid files to open, and to break.</summary>
internal static class TinyModels
{
    public const int Dim = 32;
    public const int Hidden = 64;
    public const int Vocab = 262;

    /// <summary>A GGUF model of one layer, two heads, one key-value head.</summary>
    public static GgufWriter Llama(
        TensorType type = TensorType.F32,
        bool tied = true,
        IReadOnlyDictionary<string, Action<GgufWriter, string>>? replace = null,
        Func<string, int[], (TensorType Type, int[] Dims)?>? tensor = null
    )
    {
        var writer = new GgufWriter();
        void Key(string key, Action<string> set)
        {
            if (replace is not null && replace.TryGetValue(key, out var other))
                other(writer, key);
            else
                set(key);
        }
        Key("general.architecture", key => writer.Set(key, "llama"));
        Key("general.name", key => writer.Set(key, "tiny"));
        Key("llama.context_length", key => writer.Set(key, 64u));
        Key("llama.embedding_length", key => writer.Set(key, (uint)Dim));
        Key("llama.block_count", key => writer.Set(key, 1u));
        Key("llama.feed_forward_length", key => writer.Set(key, (uint)Hidden));
        Key("llama.attention.head_count", key => writer.Set(key, 2u));
        Key("llama.attention.head_count_kv", key => writer.Set(key, 1u));
        Key("llama.attention.layer_norm_rms_epsilon", key => writer.Set(key, 1e-5f));
        Key("llama.rope.freq_base", key => writer.Set(key, 10000f));
        Key("extra", _ => { });
        SentencePiece(writer, Vocab, Key);

        void Tensor(string name, TensorType stored, params int[] dims)
        {
            var made = tensor?.Invoke(name, dims) ?? (stored, dims);
            if (made.Item2.Length > 0)
                writer.AddTensor(name, made.Item1, made.Item2, Payload(made.Item1, made.Item2));
        }
        Tensor("token_embd.weight", type, Dim, Vocab);
        Tensor("blk.0.attn_norm.weight", TensorType.F32, Dim);
        Tensor("blk.0.attn_q.weight", type, Dim, Dim);
        Tensor("blk.0.attn_k.weight", type, Dim, Dim / 2);
        Tensor("blk.0.attn_v.weight", type, Dim, Dim / 2);
        Tensor("blk.0.attn_output.weight", type, Dim, Dim);
        Tensor("blk.0.ffn_norm.weight", TensorType.F32, Dim);
        Tensor("blk.0.ffn_gate.weight", type, Dim, Hidden);
        Tensor("blk.0.ffn_up.weight", type, Dim, Hidden);
        Tensor("blk.0.ffn_down.weight", type, Hidden, Dim);
        Tensor("output_norm.weight", TensorType.F32, Dim);
        if (!tied)
            Tensor("output.weight", type, Dim, Vocab);
        Tensor("extra", TensorType.F32, []);
        return writer;
    }

    /// <summary>A SentencePiece vocabulary: three special tokens, the bytes, then "▁", "a", "b" ... up to the count.</summary>
    public static void SentencePiece(GgufWriter writer, int count, Action<string, Action<string>>? key = null)
    {
        key ??= (name, set) => set(name);
        List<string> tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>")];
        List<int> types = [2, 3, 3, .. Enumerable.Repeat(6, 256)];
        string[] letters = ["▁", "a", "b"];
        for (var i = tokens.Count; i < count; i++)
        {
            tokens.Add(letters[i - 259]);
            types.Add(1);
        }
        key("tokenizer.ggml.model", name => writer.Set(name, "llama"));
        key("tokenizer.ggml.tokens", name => writer.Set(name, tokens));
        key("tokenizer.ggml.scores", name => writer.Set(name, [.. Enumerable.Range(0, count).Select(i => -(float)i)]));
        key("tokenizer.ggml.token_type", name => writer.Set(name, types));
    }

    /// <summary>A byte-level vocabulary: the 256 bytes, the given merges, the given control tokens.</summary>
    public static GgufWriter BytePair(string pre, string[] merges, string[] control, bool? addBos = null)
    {
        List<string> tokens =
        [
            .. Enumerable.Range(0, 256).Select(b => ByteText((byte)b)),
            .. merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)),
            .. control,
        ];
        List<int> types = [.. Enumerable.Repeat(1, 256 + merges.Length), .. Enumerable.Repeat(3, control.Length)];
        var writer = new GgufWriter()
            .Set("general.architecture", "gpt2")
            .Set("tokenizer.ggml.model", "gpt2")
            .Set("tokenizer.ggml.pre", pre)
            .Set("tokenizer.ggml.tokens", tokens)
            .Set("tokenizer.ggml.token_type", types)
            .Set("tokenizer.ggml.merges", merges);
        if (control.Length > 0)
            writer.Set("tokenizer.ggml.bos_token_id", (uint)(256 + merges.Length));
        if (addBos is { } add)
            writer.Set("tokenizer.ggml.add_bos_token", add);
        return writer;
    }

    /// <summary>A llama2.c v0 file of two layers, two heads, one key-value head.</summary>
    public static byte[] V0(bool tied = true, int vocab = Vocab)
    {
        var floats = Floats(vocab, Dim) + (2 * (Floats(1, Dim) + Floats(Dim, Dim) + (2 * Floats(Dim / 2, Dim))));
        floats += 2 * (Floats(Dim, Dim) + Floats(1, Dim) + (3 * Floats(Hidden, Dim)));
        floats += Dim + (16 * 8 * 2) + (tied ? 0 : Floats(vocab, Dim));
        return [.. Ints(Dim, Hidden, 2, 2, 1, tied ? vocab : -vocab, 16), .. Ramp(floats)];
    }

    /// <summary>The same shape as v1 (fp32).</summary>
    public static byte[] V1(bool tied = true)
    {
        var floats = (5 * Dim) + ((tied ? 1 : 2) * Floats(Vocab, Dim)) + (2 * LayerElements);
        return [.. Header(1, tied, 0), .. Ramp(floats)];
    }

    /// <summary>The same shape as v2 (int8).</summary>
    public static byte[] V2(bool tied = true, int groupSize = 32)
    {
        var elements = ((tied ? 1 : 2) * Floats(Vocab, Dim)) + (2 * LayerElements);
        return [.. Header(2, tied, groupSize), .. Ramp(5 * Dim), .. new byte[elements + (elements / groupSize * 4)]];
    }

    /// <summary>A llama2.c tokenizer of the same vocabulary as <see cref="SentencePiece"/>.</summary>
    public static byte[] TokenizerBin(int count = Vocab)
    {
        var bytes = new List<byte>(Ints(7));
        string[] first = ["<unk>", "\n<s>\n", "\n</s>\n"];
        string[] last = [" ", "a", "b"];
        for (var i = 0; i < count; i++)
        {
            var text =
                i < 3 ? first[i]
                : i < 259 ? $"<0x{i - 3:X2}>"
                : last[i - 259];
            bytes.AddRange(BitConverter.GetBytes(-(float)i));
            bytes.AddRange(Ints(text.Length));
            bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(text));
        }
        return [.. bytes];
    }

    public static byte[] Bytes(GgufWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    public static byte[] Ints(params int[] values) => MemoryMarshal.AsBytes<int>(values).ToArray();

    private static int LayerElements => (2 * Dim * Dim) + (2 * Dim / 2 * Dim) + (3 * Hidden * Dim);

    private static int Floats(int rows, int columns) => rows * columns;

    private static byte[] Header(int version, bool tied, int groupSize)
    {
        var header = new byte[256];
        Ints(0x616b3432, version, Dim, Hidden, 2, 2, 1, Vocab, 16).CopyTo(header, 0);
        header[36] = tied ? (byte)1 : (byte)0;
        Ints(groupSize).CopyTo(header, 37);
        return header;
    }

    /// <summary>Element i is i: a reader that takes the wrong place is seen.</summary>
    private static byte[] Ramp(int count)
    {
        float[] floats = [.. Enumerable.Range(0, count).Select(i => (float)i)];
        return MemoryMarshal.AsBytes<float>(floats).ToArray();
    }

    private static byte[] Payload(TensorType type, int[] dims)
    {
        var elements = dims.Aggregate(1, (product, dim) => product * dim);
        return type switch
        {
            TensorType.F32 => Ramp(elements),
            TensorType.F16 or TensorType.BF16 => new byte[2 * elements],
            TensorType.Q8_0 => new byte[elements / 32 * 34],
            _ => new byte[elements / 32 * 18],
        };
    }

    private static string ByteText(byte value) => Edge.Inference.Tokenizers.ByteAlphabet.CharOf(value).ToString();
}
