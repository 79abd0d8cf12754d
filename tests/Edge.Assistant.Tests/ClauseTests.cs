using Edge.Assistant.Writing;

namespace Edge.Assistant.Tests;

/// <summary>What a model points at is shown with the clause around it.</summary>
public sealed class ClauseTests
{
    [Theory]
    [InlineData(
        "5. Check the boiler: it should stand between 1.2 and 1.5 bar. Top up if lower.",
        "1.2",
        "it should stand between 1.2 and 1.5 bar"
    )]
    [InlineData("| Tomasz Wilk | Order the water tank | 10 March |", "Wilk", "Tomasz Wilk")]
    [InlineData("- milk\n- rye bread (two)\n- eggs", "bread", "rye bread (two)")]
    [InlineData(
        "1. Soften the onion.\n2. Simmer for 25 minutes until\n   soft.\n",
        "25",
        "Simmer for 25 minutes until\n   soft"
    )]
    [InlineData("# Roof\n\nAnna mends it for **300 euros**.\n\nIt rained.", "300", "Anna mends it for **300 euros**")]
    [InlineData("It costs 1,500.50 euros; that is much", "500.50", "It costs 1,500.50 euros")]
    [InlineData("See https://a.example/b?c=d for more. The end", "more", "See https://a.example/b?c=d for more")]
    [InlineData("Why? So.", "Why", "Why")]
    [InlineData("All", "All", "All")]
    [InlineData("Why? Because. Never! Because of rain", "rain", "Because of rain")]
    public void The_clause_around_a_stretch_is_whole(string text, string stretch, string expected) =>
        Assert.Equal(
            expected,
            text[Clause.Around(text, text.IndexOf(stretch, StringComparison.Ordinal), stretch.Length)]
        );

    [Fact]
    public void The_stretch_itself_is_always_in_it_and_stays_alone_in_a_very_long_one()
    {
        var random = new Random(11);
        const string marks = "ab1.,:;!?|\n -*#>\"(";
        for (var round = 0; round < 2000; round++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(1, 40)).Select(_ => marks[random.Next(marks.Length)])
            );
            var start = random.Next(text.Length);
            var length = random.Next(1, text.Length - start + 1);
            var (at, count) = Clause.Around(text, start, length).GetOffsetAndLength(text.Length);
            Assert.InRange(start, at, at + count);
            Assert.InRange(start + length, at, at + count);
        }
        var endless =
            string.Join(' ', Enumerable.Repeat("word", 100))
            + " 17 "
            + string.Join(' ', Enumerable.Repeat("word", 100));
        Assert.Equal("17", endless[Clause.Around(endless, endless.IndexOf("17", StringComparison.Ordinal), 2)]);
    }
}
