using Edge.Conversion;
using Edge.Conversion.Sources;
using Edge.Conversion.Weights;
using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Fuzz.Formats;

/// <summary>What is done with whatever opened: every byte that a model or tokenizer points to is used.</summary>
internal static class Exercise
{
    /// <summary>Models above this are opened, not run.</summary>
    private const long ParametersMax = 4_000_000;

    private const string HardText =
        "abc  d\n\n123 <s></s><unk> <0x0A> ▁▁ é\u0301\uD83D\uDE00 \uD800x <|im_start|>user '\u2019s don't 12345\u00A0\t\0 z";

    public static void Model(string path, string? tokenizer)
    {
        bool small;
        using (var file = ModelFile.Open(path, tokenizer))
        {
            Tokens(file.Tokenizer);
            var messages = new[] { new ChatMessage(ChatRole.User, HardText), new ChatMessage(ChatRole.System, "s") };
            file.ChatTemplate.Encode(file.Tokenizer, messages);
            // Widths count for scratch, positions for the cache: 4 of them are asked for.
            var config = file.Config;
            small = file.ParameterCount < ParametersMax && config.HiddenDim + config.Dim + config.VocabSize < 1 << 20;
        }
        if (!small)
            return;
        using var model = LanguageModel.Open(path, tokenizer, threads: 1, positions: 4);
        int[] tokens = [.. new[] { 1, 0, model.Tokenizer.VocabSize - 1 }.Where(id => id < model.Tokenizer.VocabSize)];
        model.Logits(tokens.AsSpan(0, Math.Min(tokens.Length, model.Positions)));
    }

    public static void Tokens(Tokenizer tokenizer)
    {
        foreach (var special in new[] { false, true })
        {
            var ids = tokenizer.Encode(HardText, parseSpecial: special);
            tokenizer.Decode(ids);
            foreach (var id in ids)
            {
                tokenizer.TokenBytes(id);
                tokenizer.Piece(id);
                tokenizer.IsEnd(id);
            }
        }
    }

    /// <summary>Reads every weight as the converter does, and writes it in every type to nowhere.</summary>
    public static void Conversion(string path, string? tokenizer, Random random)
    {
        using var source = ModelSource.Open(path, tokenizer);
        if (source.Parameters > ParametersMax)
            return;
        TensorType[] types = [TensorType.F32, TensorType.F16, TensorType.Q8_0, TensorType.Q4_0];
        var asked = types[random.Next(types.Length)];
        var writer = new TensorWriter(new Work(null, default));
        foreach (var tensor in source.Tensors)
            writer.Write(tensor, TensorWriter.TypeFor(tensor, asked), Stream.Null);
    }

    /// <summary>The whole way: convert, read back, compare. Sources that opened must come out whole or be refused.</summary>
    public static void WholeConversion(string source, string? tokenizer, string destination)
    {
        try
        {
            ModelConverter.Convert(source, destination, new ConversionOptions { TokenizerPath = tokenizer });
            Model(destination, null);
        }
        finally
        {
            File.Delete(destination);
        }
    }
}
