using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Tests.Recipes;

public sealed class RecipeTests : IDisposable
{
    private const string Good = """
        // A comment.
        {
          "name": "x", "tokenizer": { "file": "t.gguf" }, "model": { "depth": 2 },
          "stages": [ { "name": "s", "kind": "pretrain", "tokens": 1000, "data": [ { "file": "a.txt" }, ], }, ],
        }
        """;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("edge-notes.json")]
    [InlineData("names.json")]
    public void The_recipes_of_the_repository_are_read_and_written_back(string name)
    {
        var recipe = Recipe.Read(Path.Combine(Repo.Root, "models", "recipes", name));
        File.WriteAllText(folder["copy.json"], recipe.ToJson());
        Assert.Equal(recipe.ToJson(), Recipe.Read(folder["copy.json"]).ToJson());
    }

    [Fact]
    public void The_list_of_names_is_one_name_a_line_each_once()
    {
        var names = File.ReadAllLines(Path.Combine(Repo.Root, "models", "recipes", "names.txt"));
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[A-Z][a-z]{0,14}$", name));
    }

    /// <summary>What is changed in a good recipe, and what the message says.</summary>
    public static TheoryData<string, string, string> Mistakes =>
        new()
        {
            { "\"depth\": 2", "\"depth\": 0", "r.json: model.depth must be 1 to 64; found 0." },
            {
                "\"depth\": 2",
                "\"depth\": 2.5",
                "r.json: model.depth: the value is not of the kind that this field takes."
            },
            {
                "\"depth\": 2",
                "\"dept\": 2",
                "r.json: model.dept is not a field of a recipe. Known here: depth, width, "
            },
            { "\"depth\": 2", "\"width\": 64", "r.json: model.depth is missing." },
            { "\"depth\": 2", "\"depth\": 2, \"depth\": 3", "r.json: model.depth is given twice." },
            { "\"depth\": 2", "\"depth\": null", "r.json: model.depth is null. Leave the field out instead." },
            {
                "\"depth\": 2",
                "\"depth\": 2, \"heads\": 6, \"kvHeads\": 4",
                "r.json: model.kvHeads must be a divisor of model.heads, 6; found 4."
            },
            {
                "\"tokens\": 1000,",
                "",
                "r.json: stages[0] must be one of tokens, epochs and minutes; found 0 of them."
            },
            {
                "\"tokens\": 1000",
                "\"tokens\": 9, \"minutes\": 1",
                "r.json: stages[0] must be one of tokens, epochs and minutes; found 2 of them."
            },
            {
                "\"file\": \"a.txt\"",
                "\"file\": \"a.txt\", \"weight\": -1",
                "r.json: stages[0].data[0].weight must be 1E-06 to 1000000; found -1."
            },
            {
                "\"file\": \"a.txt\"",
                "\"file\": \"a.txt\", \"format\": \"csv\"",
                "r.json: stages[0].data[0].format must be text, lines, qa, summaries, notes, cloze; found \"csv\"."
            },
            {
                "\"file\": \"a.txt\"",
                "\"file\": \"a.txt\", \"wieght\": 1",
                "r.json: stages[0].data[0].wieght is not a field"
            },
            { "\"file\": \"t.gguf\"", "", "r.json: tokenizer must be either file or train; found neither." },
            {
                "\"kind\": \"pretrain\"",
                "\"kind\": \"learn\"",
                "r.json: stages[0].kind must be pretrain, instruct; found \"learn\"."
            },
            { "\"name\": \"x\"", "\"name\": \"../x\"", "r.json: name must be 1 to 64 letters" },
            { "\"stages\": [", "\"stages\": ", "r.json line 4: not JSON: " },
            { "{\n", "[\n", "r.json line 3: not JSON: " },
        };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_by_its_field(string right, string wrong, string message)
    {
        Assert.Contains(right, Good, StringComparison.Ordinal);
        var at = Good.IndexOf(right, StringComparison.Ordinal);
        File.WriteAllText(folder["r.json"], Good[..at] + wrong + Good[(at + right.Length)..]);
        var trouble = Assert.Throws<RecipeException>(() => Recipe.Read(folder["r.json"]));
        Assert.StartsWith(message, trouble.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', trouble.Message);
    }

    [Fact]
    public void Files_beside_the_recipe_come_before_those_of_the_data_folder()
    {
        Directory.CreateDirectory(folder["recipe"]);
        Directory.CreateDirectory(folder["data"]);
        File.WriteAllText(folder["data/a.txt"], "");
        File.WriteAllText(folder["data/b1.txt"], "");
        File.WriteAllText(folder["data/b0.txt"], "");
        var files = new DataFiles(folder["recipe"], folder["data"]);
        Assert.Equal([folder["data/a.txt"]], files.Find("a.txt"));
        Assert.Equal([folder["data/b0.txt"], folder["data/b1.txt"]], files.Find("b*.txt"));
        File.WriteAllText(folder["recipe/a.txt"], "");
        Assert.Equal([folder["recipe/a.txt"]], files.Find("a.txt"));
    }

    [Fact]
    public void Files_alone_make_a_recipe_with_a_stage_for_prose_and_one_for_tasks()
    {
        File.WriteAllText(folder["a.txt"], new string('a', 1000));
        File.WriteAllText(folder["q.jsonl"], """{"context":"a","question":"b","answers":["a"]}""");
        File.WriteAllText(folder["s.jsonl"], """{"text":"a","summary":"b"}""");
        var recipe = QuickRecipe.For(3, [folder["*.txt"], folder["q.jsonl"], folder["s.jsonl"]], minutes: 6);
        Assert.Equal(["pretrain", "instruct"], recipe.Stages.Select(stage => stage.Kind));
        Assert.Equal(6, recipe.Stages.Sum(stage => stage.Minutes!.Value), 9);
        Assert.Equal(["answer", "summarize"], recipe.Tasks!);
        Assert.Equal(320, recipe.Tokenizer.Train!.Vocab);
        Assert.Equal(6, TokenizerText.Read(recipe.Tokenizer.Train, new DataFiles(null, null)).Count());
        var trouble = Assert.Throws<RecipeException>(() => QuickRecipe.For(3, [folder["q.jsonl"]], 6));
        Assert.Contains("name some text too", trouble.Message, StringComparison.Ordinal);
        Assert.Throws<RecipeException>(() => QuickRecipe.For(0, [folder["a.txt"]], 6));
    }
}
