using Edge.Inference.Gguf;
using Edge.TestKit;
using Edge.Training.Data;

namespace Edge.Training.Tests.Data;

/// <summary>Byte-level tokenizers with the marks of our own models.</summary>
internal static class TestTokenizer
{
    private static readonly string[] SmallMerges =
    [
        "t h",
        "th e",
        "Ġ the",
        "Ġ a",
        "i n",
        "e r",
        "o n",
        "Ġ w",
        "Ġw a",
        "Ġwa s",
        "Ġ 1",
        "Ġ2 0",
    ];

    /// <summary>256 bytes, three control tokens and a few merges.</summary>
    public static TrainingTokenizer Small(TempFolder folder, string pre = "llama-bpe") =>
        Write(folder["small.gguf"], SmallMerges, pre);

    /// <summary>The first merges of GPT-2's vocabulary: 4,096 tokens in all. Skips where the file is missing.</summary>
    public static TrainingTokenizer Of4096(TempFolder folder)
    {
        using var file = GgufFile.Open(Repo.Shared("models/vocab/gpt-2.gguf"));
        var merges = new List<string>();
        var strings = file.Metadata.StringArray("tokenizer.ggml.merges")!.Strings();
        while (merges.Count < 4096 - 259 && strings.Next(out var merge))
            merges.Add(System.Text.Encoding.UTF8.GetString(merge));
        return Write(folder["4096.gguf"], [.. merges], "llama-bpe");
    }

    private static TrainingTokenizer Write(string path, string[] merges, string pre)
    {
        string[] special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
        var bytes = Enumerable.Range(0, 256).Select(Letter).ToArray();
        string[] tokens = [.. special, .. bytes, .. merges.Select(merge => merge.Replace(" ", ""))];
        new GgufWriter()
            .Set("general.architecture", "llama")
            .Set("tokenizer.ggml.model", "gpt2")
            .Set("tokenizer.ggml.pre", pre)
            .Set("tokenizer.ggml.tokens", tokens)
            .Set("tokenizer.ggml.token_type", [.. tokens.Select((_, i) => i < special.Length ? 3 : 1)])
            .Set("tokenizer.ggml.merges", merges)
            .Set("tokenizer.ggml.bos_token_id", 0u)
            .Set("tokenizer.ggml.eos_token_id", 0u)
            .Set("tokenizer.ggml.add_bos_token", true)
            .Save(path);
        return TrainingTokenizer.Open(path);
    }

    /// <summary>How byte-level vocabularies write a byte: itself where it can be printed, else the next free letter from U+0100.</summary>
    private static string Letter(int value)
    {
        static bool Printed(int b) => b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
        if (Printed(value))
            return ((char)value).ToString();
        var rank = Enumerable.Range(0, value).Count(b => !Printed(b));
        return ((char)(256 + rank)).ToString();
    }
}
