using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Tokenizing;

namespace Edge.Training.Run;

/// <summary>The tokenizer of a run: the one that the recipe names, or one trained for it and kept in the run's folder.</summary>
public static class RunTokenizer
{
    /// <returns>A GGUF with the tokenizer in it.</returns>
    /// <exception cref="TrainingDataException">A file is missing or is no text.</exception>
    /// <exception cref="InvalidDataException">The text is too small for the vocabulary.</exception>
    public static string Prepare(
        Recipe recipe,
        DataFiles files,
        string folder,
        ITrainingWatcher watcher,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (recipe.Tokenizer.File is { } named)
            return files.Find(named)[0];
        var path = Path.Combine(folder, "tokenizer.gguf");
        if (File.Exists(path))
            return path;
        Directory.CreateDirectory(folder);
        var training = recipe.Tokenizer.Train!;
        var text = Path.Combine(folder, "tokenizer-text.partial");
        try
        {
            var trained = BytePairTrainer.Train(
                Inputs(training, files, text),
                new BytePairOptions
                {
                    VocabSize = training.Vocab,
                    Pattern = training.Pattern switch
                    {
                        "gpt2" => SplitPattern.Gpt2,
                        "none" => SplitPattern.None,
                        _ => SplitPattern.Gpt4,
                    },
                    Special = training.Special ?? ["<|endoftext|>"],
                },
                clock,
                cancellation: cancellation
            );
            BytePairFile.Save(trained.Vocabulary, path);
            watcher.Said(
                FormattableString.Invariant(
                    $"tokenizer: {trained.Vocabulary.Count:N0} tokens from {trained.TextBytes / 1e6:0.0} MB of text in {(trained.Counting + trained.Merging).TotalSeconds:0.0} s"
                )
            );
        }
        finally
        {
            File.Delete(text);
        }
        return path;
    }

    /// <summary>Text files as they are; questions, summaries and notes written out as text first.</summary>
    private static List<string> Inputs(RecipeTokenizerTraining training, DataFiles files, string text)
    {
        var found = training.Input.SelectMany(files.Find).Distinct(StringComparer.Ordinal).ToList();
        if (found.TrueForAll(path => DataFormats.Tell(path) is DataFormats.Text or DataFormats.Lines))
            return found;
        using (var writer = new StreamWriter(text))
        {
            foreach (var document in TokenizerText.Read(training, files))
            {
                writer.WriteLine(document);
                writer.WriteLine("<|endoftext|>");
            }
        }
        return [text];
    }
}
