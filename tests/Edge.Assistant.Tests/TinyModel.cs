using System.Runtime.InteropServices;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Inference.Gguf;

namespace Edge.Assistant.Tests;

/// <summary>
/// A GGUF chat model with seeded random weights and a byte-level vocabulary with a few merges, or a SentencePiece one that
/// puts a space before every text.
/// </summary>
internal static class TinyModel
{
    private const int Dim = 32;
    private const int Hidden = 64;

    private const string Template =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";

    /// <param name="context">Positions of the model.</param>
    /// <param name="sharpness">Scale of the output's weights: the greater, the surer the model is.</param>
    public static void Write(string path, int seed, int context = 512, float sharpness = 3, bool sentencePiece = false)
    {
        var random = new Random(seed);
        var writer = new GgufWriter()
            .Set("general.architecture", "llama")
            .Set("general.name", "tiny")
            .Set("edge.tasks", "summarize,answer")
            .Set(TaskPrompt.MetadataKey, TaskPrompt.Version)
            .Set("llama.context_length", (uint)context)
            .Set("llama.embedding_length", (uint)Dim)
            .Set("llama.block_count", 1u)
            .Set("llama.feed_forward_length", (uint)Hidden)
            .Set("llama.attention.head_count", 2u)
            .Set("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Set("tokenizer.chat_template", Template);
        var vocab = sentencePiece ? SetSentencePiece(writer) : SetBytePairs(writer);
        Add("token_embd.weight", 1, Dim, vocab);
        Add("output.weight", sharpness / MathF.Sqrt(Dim), Dim, vocab);
        Ones("output_norm.weight");
        Ones("blk.0.attn_norm.weight");
        Ones("blk.0.ffn_norm.weight");
        foreach (var name in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
            Add($"blk.0.{name}.weight", 0.5f, Dim, Dim);
        Add("blk.0.ffn_gate.weight", 0.2f, Dim, Hidden);
        Add("blk.0.ffn_up.weight", 0.2f, Dim, Hidden);
        Add("blk.0.ffn_down.weight", 0.2f, Hidden, Dim);
        writer.Save(path);

        void Add(string name, float scale, int columns, int rows)
        {
            var values = new float[columns * rows];
            for (var i = 0; i < values.Length; i++)
                values[i] = scale * (float)((random.NextDouble() * 2) - 1);
            writer.AddTensor(name, TensorType.F32, [columns, rows], MemoryMarshal.AsBytes<float>(values).ToArray());
        }

        void Ones(string name) =>
            writer.AddTensor(
                name,
                TensorType.F32,
                [Dim],
                MemoryMarshal.AsBytes<float>([.. Enumerable.Repeat(1f, Dim)]).ToArray()
            );
    }

    /// <summary>The 256 bytes, some joints of common English pairs, and the marks of the template.</summary>
    private static int SetBytePairs(GgufWriter writer)
    {
        string[] merges =
        [
            "t h",
            "th e",
            "Ġ the",
            "Ġ a",
            "i n",
            "e r",
            "o n",
            "Ġ s",
            "e d",
            "in g",
            "Ġ b",
            "o u",
            "a n",
            "an d",
            "Ġ and",
            "r e",
            "Ġ 1",
            "e s",
            "o r",
            "Ġs e",
        ];
        string[] tokens =
        [
            .. Enumerable.Range(0, 256).Select(value => ByteLetter(value).ToString()),
            .. merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)),
            "<|im_start|>",
            "<|im_end|>",
        ];
        writer
            .Set("tokenizer.ggml.model", "gpt2")
            .Set("tokenizer.ggml.pre", "gpt-2")
            .Set("tokenizer.ggml.tokens", tokens)
            .Set("tokenizer.ggml.merges", merges)
            .Set("tokenizer.ggml.token_type", [.. Enumerable.Repeat(1, tokens.Length - 2), 3, 3])
            .Set("tokenizer.ggml.eos_token_id", (uint)tokens.Length - 1);
        return tokens.Length;
    }

    private static int SetSentencePiece(GgufWriter writer)
    {
        string[] pieces =
        [
            "▁",
            "▁the",
            "▁a",
            "the",
            "a",
            "e",
            "t",
            "h",
            "▁s",
            "s",
            "n",
            "in",
            "▁in",
            "▁an",
            "an",
            "er",
        ];
        writer
            .Set("tokenizer.ggml.model", "llama")
            .Set(
                "tokenizer.ggml.tokens",
                ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), .. pieces]
            )
            .Set("tokenizer.ggml.scores", [.. Enumerable.Range(0, 259 + pieces.Length).Select(i => -(float)i)])
            .Set(
                "tokenizer.ggml.token_type",
                [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, pieces.Length)]
            )
            .Set("tokenizer.ggml.bos_token_id", 1u)
            .Set("tokenizer.ggml.eos_token_id", 2u);
        return 259 + pieces.Length;
    }

    /// <summary>How byte-level vocabularies write a byte: visible ones as they are, the others from U+0100 on.</summary>
    private static char ByteLetter(int value)
    {
        if (value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255))
            return (char)value;
        var hidden =
            value <= 32 ? value
            : value <= 160 ? value - 127 + 33
            : 67;
        return (char)(256 + hidden);
    }
}
