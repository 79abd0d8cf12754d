using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Reports;
using Edge.Training.Tests.Run;

namespace Edge.Training.Tests.Reports;

public sealed class NewLinesTests
{
    [Fact]
    public void Lines_that_stand_in_the_text_are_never_called_new()
    {
        using var small = new SmallRun(tokens: 20_000);
        File.WriteAllLines(small.TextPath, ["Ana", "Ben", "Cleo"]);
        var recipe = File.ReadAllText(small.RecipePath)
            .Replace(
                "\"vocab\": 300, \"pattern\": \"gpt4\"",
                "\"vocab\": 257, \"pattern\": \"none\"",
                StringComparison.Ordinal
            )
            .Replace(
                "{ \"file\": \"text.txt\" }",
                "{ \"file\": \"text.txt\", \"format\": \"lines\" }",
                StringComparison.Ordinal
            );
        File.WriteAllText(small.RecipePath, recipe);
        _ = small.Finish("run");
        var read = Recipe.Read(small.RecipePath);
        Assert.True(NewLines.IsFor(read));
        var files = new DataFiles(Path.GetDirectoryName(small.RecipePath), null);
        var lines = NewLines.Sample(Path.Combine(small["run"], "model.gguf"), read, files, count: 30);
        // Three names are learned by heart.
        Assert.InRange(lines.NewCount, 0, 10);
        Assert.DoesNotContain("Ana", lines.New);
        Assert.True(lines.New.Count <= lines.NewCount);
    }

    [Fact]
    public void Prose_has_no_lines_to_count()
    {
        using var small = new SmallRun();
        Assert.False(NewLines.IsFor(Recipe.Read(small.RecipePath)));
    }
}
