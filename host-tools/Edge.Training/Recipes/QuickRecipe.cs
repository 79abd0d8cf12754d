using Edge.Training.Data;

namespace Edge.Training.Recipes;

/// <summary>A recipe from files alone, for a run without a recipe file.</summary>
public static class QuickRecipe
{
    /// <summary>Minutes for questions and summaries, when there are some, as a share of all.</summary>
    private const double InstructShare = 1.0 / 3;

    /// <param name="files">Text, folders of notes, questions and summaries (.jsonl), told by their names.</param>
    /// <exception cref="RecipeException">No prose is among the files, or a number does not make sense.</exception>
    /// <exception cref="TrainingDataException">A file is missing.</exception>
    public static Recipe For(int depth, IReadOnlyList<string> files, double minutes, ulong seed = 1)
    {
        var finder = new DataFiles(recipeFolder: null, dataRoot: null);
        var found = files.SelectMany(finder.Find).Distinct(StringComparer.Ordinal).ToArray();
        var tasks = found.Where(path => DataFormats.IsTasks(DataFormats.Tell(path))).ToArray();
        var prose = found.Except(tasks).ToArray();
        if (prose.Length == 0)
            throw new RecipeException(
                "questions and summaries alone are not enough to train on: name some text too (.txt, .txt.gz or a folder of notes)."
            );
        var share = tasks.Length > 0 ? InstructShare : 0;
        var stages = new List<RecipeStage>
        {
            new()
            {
                Name = "pretrain",
                Kind = "pretrain",
                Minutes = minutes * (1 - share),
                Data =
                [
                    .. prose.Select(path => new RecipeData { File = path, Weight = Math.Max(1, BytesOf(path) / 1e3) }),
                ],
            },
        };
        if (tasks.Length > 0)
        {
            stages.Add(
                new RecipeStage
                {
                    Name = "instruct",
                    Kind = "instruct",
                    Minutes = minutes * share,
                    Data =
                    [
                        .. tasks.Select(path => new RecipeData
                        {
                            File = path,
                            Weight = Math.Max(1, BytesOf(path) / 1e3),
                        }),
                    ],
                }
            );
        }
        var recipe = new Recipe
        {
            Name = $"depth-{depth}",
            Seed = seed,
            Tasks = tasks.Length > 0 ? TasksOf(tasks) : null,
            Tokenizer = new RecipeTokenizer { Train = Vocabulary(found) },
            Model = new RecipeModel { Depth = depth },
            Stages = stages,
        };
        new RecipeChecks("command line").Check(recipe);
        return recipe;
    }

    private static string[] TasksOf(string[] tasks) =>
        [.. tasks.Select(path => DataFormats.Tell(path) == DataFormats.Summaries ? "summarize" : "answer").Distinct()];

    /// <summary>A small text cannot fill a large vocabulary with words that come often.</summary>
    private static RecipeTokenizerTraining Vocabulary(string[] files)
    {
        var bytes = files.Sum(BytesOf);
        return new RecipeTokenizerTraining
        {
            Vocab = bytes switch
            {
                > 2_000_000 => 4096,
                > 200_000 => 1024,
                > 20_000 => 512,
                _ => 320,
            },
            Pattern = "gpt4",
            Special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
            Input = files,
        };
    }

    /// <summary>About, of the text: gzip makes prose three times smaller.</summary>
    private static long BytesOf(string path)
    {
        if (Directory.Exists(path))
            return Directory
                .EnumerateFiles(path, "*.md", SearchOption.AllDirectories)
                .Sum(file => new FileInfo(file).Length);
        var length = new FileInfo(path).Length;
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? 3 * length : length;
    }
}
