using Edge.Conversion.HuggingFace;
using Edge.Conversion.Vocabularies;
using Edge.Conversion.Weights;
using Edge.Inference;

namespace Edge.Conversion.Sources;

/// <summary>A folder in Hugging Face layout: config.json, safetensors, a tokenizer and what is beside it.</summary>
internal static class HuggingFaceSource
{
    public static SourceModel Open(string folder, string? tokenizerPath)
    {
        var configPath = Path.Combine(folder, "config.json");
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (!File.Exists(configPath))
            throw new ModelFormatException(
                $"{name}: there is no config.json in this folder: it is no model in Hugging Face layout."
            );
        using var json = JsonFile.Open(configPath, HuggingFaceLimits.SettingsBytesMax);
        var (config, rope) = HuggingFaceConfig.Read(json.Root);
        var tokenizer = tokenizerPath ?? VocabularyFile.FindIn(folder);
        if (tokenizer is null)
            throw new ModelFormatException(
                $"{name}: there is neither tokenizer.model nor tokenizer.json in this folder. Name a tokenizer with --tokenizer FILE."
            );
        var vocabulary = VocabularyFile.Open(tokenizer, config.VocabSize);
        var settings = TokenizerSettings.Read(folder);

        var weights = SafetensorsFolder.Open(folder);
        try
        {
            var model = new SourceModel(weights)
            {
                Path = folder,
                Format = "safetensors",
                Name = name,
                Config = config,
                RopeDivisors = rope.Divisors(config.RopeDim / 2),
                LinearRopeFactor = rope.Linear,
                Tensors = LlamaTensors.Of(
                    config,
                    HuggingFaceWeights.Read(weights, config),
                    rope.Factors,
                    halfSplit: true
                ),
                Vocabulary = vocabulary,
                VocabularyIsOwn = false,
                ChatTemplate = settings.ChatTemplate,
            };
            NoteEnds(model, settings);
            return model;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>A GGUF names three tokens that end generation.</summary>
    private static void NoteEnds(SourceModel model, TokenizerSettings settings)
    {
        var vocabulary = model.Vocabulary!;
        int?[] kept = [vocabulary.Eos, vocabulary.EndOfTurn, vocabulary.EndOfMessage];
        var lost = settings.EosIds.Where(id => !kept.Contains(id)).ToList();
        if (lost.Count > 0)
            model.Notes.Add($"tokens {string.Join(", ", lost)} end generation too, which could not be written");
    }
}
