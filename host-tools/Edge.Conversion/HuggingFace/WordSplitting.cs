using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.HuggingFace;

/// <summary>Finds which of the ways to split text into words a tokenizer.json describes, by GGUF's name for it.</summary>
internal static class WordSplitting
{
    private const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <exception cref="ModelFormatException">It is none that Edge knows.</exception>
    public static string NameOf(JsonPart root)
    {
        var steps = TokenizerJson.PreTokenizers(root).Select(Describe).ToArray();
        var name = steps switch
        {
            ["gpt-2"] or ["split " + Gpt2, "bytes"] => "gpt-2",
            ["split " + Llama3, "bytes"] => "llama-bpe",
            ["digits", "gpt-2"] => "smollm",
            ["split " + Qwen2, "bytes"] => "qwen2",
            _ => string.Join(", ", steps),
        };
        return PreTokenizer.Find(name) is not null
            ? name
            : throw root.File.Bad(
                $"splits text into words in a way that Edge does not know ({Printable.Show(name, 160)}); it knows those of gpt-2, llama-bpe, smollm, starcoder and refact."
            );
    }

    /// <summary>What <see cref="BytePairTokenizer"/> does for this name.</summary>
    public static bool TakesWholeWordsFirst(string name) => name is "llama-bpe";

    private static string Describe(JsonPart step)
    {
        var type = step.Require("type").Text();
        switch (type)
        {
            case "ByteLevel":
                // Absent means true for both.
                if (step.Find("add_prefix_space")?.Flag() ?? true)
                    throw step.Bad("has add_prefix_space; Edge does not put a space before a byte-level text.");
                return step.Find("use_regex")?.Flag() ?? true ? "gpt-2" : "bytes";
            case "Digits":
                return step.Find("individual_digits")?.Flag() == true ? "digits" : "runs of digits";
            case "Split":
                var isolated = step.Find("behavior")?.Text() == "Isolated" && step.Find("invert")?.Flag() != true;
                var pattern = step.Require("pattern").Find("Regex")?.Text();
                return isolated && pattern is not null ? $"split {pattern}" : "another split";
            default:
                return type;
        }
    }
}
