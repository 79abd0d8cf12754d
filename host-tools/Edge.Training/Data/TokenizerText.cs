using Edge.Training.Recipes;

namespace Edge.Training.Data;

/// <summary>The text that a recipe's tokenizer is trained on, read as the stages read it: private notes stay out.</summary>
public static class TokenizerText
{
    /// <summary>Documents of text files, lines of files of lines, notes of folders; of questions and summaries the
    /// passages and answers.</summary>
    /// <exception cref="TrainingDataException">A file is missing, damaged or binary.</exception>
    public static IEnumerable<string> Read(RecipeTokenizerTraining training, DataFiles files)
    {
        foreach (var path in training.Input.SelectMany(files.Find).Distinct(StringComparer.Ordinal))
        {
            var texts = DataFormats.Tell(path) switch
            {
                DataFormats.Notes => NotesFolder.Read(path).Notes.Select(note => note.Text),
                DataFormats.Questions => TaskItems.Questions(path).SelectMany(OfQuestion),
                DataFormats.Summaries => TaskItems
                    .Summaries(path)
                    .SelectMany(item => new[] { item.Text, item.Summary }),
                _ => Documents.OfText(path),
            };
            foreach (var text in texts)
                yield return text;
        }
    }

    private static string[] OfQuestion(QuestionItem item) => [item.Context, item.Question, .. item.Answers];
}
