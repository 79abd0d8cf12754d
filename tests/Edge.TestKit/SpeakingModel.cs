using System.Runtime.InteropServices;
using Edge.Inference;
using Edge.Inference.Gguf;

namespace Edge.TestKit;

/// <summary>
/// A real GGUF chat model that answers every prompt with one text. Its layers are zero, each embedding is a dimension of
/// its own, and the output matrix leads from each word of the text to the next: it runs through the whole engine.
/// </summary>
public static class SpeakingModel
{
    private const int FirstWord = 3 + 256;
    private const int NewLineToken = 3 + '\n';
    private const int EndToken = 2;

    private const string Template =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";

    /// <summary>Writes the model.</summary>
    /// <param name="text">Words with single spaces between; no word twice.</param>
    public static void Write(string path, string text)
    {
        var words = text.Split(' ').Select(word => "▁" + word).ToArray();
        var vocab = FirstWord + words.Length;
        var dim = (vocab + 31) / 32 * 32;
        var embedding = new float[vocab * dim];
        var output = new float[vocab * dim];
        for (var id = 0; id < vocab; id++)
            embedding[(id * dim) + id] = 1;
        // A prompt ends with the line end after "assistant".
        var before = NewLineToken;
        for (var id = FirstWord; id < vocab; before = id++)
            output[(id * dim) + before] = 1;
        output[(EndToken * dim) + before] = 1;

        var writer = new GgufWriter()
            .Set("general.architecture", "llama")
            .Set("general.name", "speaker")
            .Set("edge.tasks", "summarize,answer")
            .Set("llama.context_length", 4096u)
            .Set("llama.embedding_length", (uint)dim)
            .Set("llama.block_count", 1u)
            .Set("llama.feed_forward_length", 32u)
            .Set("llama.attention.head_count", (uint)(dim / 32))
            .Set("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Set("tokenizer.chat_template", Template)
            .Set("tokenizer.ggml.model", "llama")
            .Set(
                "tokenizer.ggml.tokens",
                ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), .. words]
            )
            .Set("tokenizer.ggml.scores", new float[vocab])
            .Set(
                "tokenizer.ggml.token_type",
                [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, words.Length)]
            )
            .Set("tokenizer.ggml.bos_token_id", 1u)
            .Set("tokenizer.ggml.eos_token_id", 2u);
        Add(writer, "token_embd.weight", embedding, dim, vocab);
        Add(writer, "output.weight", output, dim, vocab);
        Add(writer, "output_norm.weight", Ones(dim), dim);
        Add(writer, "blk.0.attn_norm.weight", Ones(dim), dim);
        Add(writer, "blk.0.ffn_norm.weight", Ones(dim), dim);
        foreach (var name in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
            Add(writer, $"blk.0.{name}.weight", new float[dim * dim], dim, dim);
        Add(writer, "blk.0.ffn_gate.weight", new float[dim * 32], dim, 32);
        Add(writer, "blk.0.ffn_up.weight", new float[dim * 32], dim, 32);
        Add(writer, "blk.0.ffn_down.weight", new float[dim * 32], 32, dim);
        writer.Save(path);
    }

    private static float[] Ones(int length) => [.. Enumerable.Repeat(1f, length)];

    private static void Add(GgufWriter writer, string name, float[] values, params int[] dims) =>
        writer.AddTensor(name, TensorType.F32, dims, MemoryMarshal.AsBytes<float>(values).ToArray());
}
