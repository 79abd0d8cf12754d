using System.Text.RegularExpressions;
using Edge.TestKit;

namespace Edge.Notes.Tests;

public sealed class SyncPlanTests
{
    private static readonly string?[] Contents = [null, "x", "y", "z"];

    public static TheoryData<string?, string?, string?> AllCases()
    {
        var cases = new TheoryData<string?, string?, string?>();
        foreach (var common in Contents)
        foreach (var here in Contents)
        foreach (var there in Contents)
            cases.Add(common, here, there);
        return cases;
    }

    [Theory]
    [MemberData(nameof(AllCases))]
    public void Every_case_of_one_note_has_its_one_answer(string? common, string? here, string? there)
    {
        var plan = SyncPlanner.Plan(One(common), One(here), One(there));
        var expected = Expected(common, here, there);
        Assert.Equal(expected is null ? [] : [expected.Value], plan.Select(s => s.Action));
        foreach (var step in plan)
        {
            Assert.Equal((here, there), (step.HereHash, step.ThereHash));
            Assert.Equal(step.Action == SyncAction.KeepBoth, step.ConflictPath is not null);
        }
    }

    [Fact]
    public void Ten_thousand_random_pairs_of_folders_agree_after_a_sync_and_lose_nothing()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("EDGE_SEED"), out var given) ? given : 20260101;
        var random = new Random(seed);
        for (var round = 0; round < 10_000; round++)
        {
            var (common, here, there) = (Listing(random), Listing(random), Listing(random));
            var plan = SyncPlanner.Plan(common, here, there);
            var (newHere, newThere) = Apply(plan, here, there, plan.Count);
            var where = $"EDGE_SEED={seed}, round {round}";

            var gone = plan.Where(s => s.Action is SyncAction.GoneHere or SyncAction.GoneThere)
                .Select(s => s.Path)
                .ToHashSet();
            Assert.True(Agreeing(newHere, gone).SetEquals(Agreeing(newThere, gone)), where);
            AssertNothingLost(common, here, there, newHere, newThere, where);
            var again = SyncPlanner.Plan(NewCommon(common, newHere, newThere), newHere, newThere);
            Assert.True(again.All(s => s.Action is SyncAction.GoneHere or SyncAction.GoneThere), where);
            Assert.Equal(gone, again.Select(s => s.Path).ToHashSet());
        }
    }

    [Fact]
    public void A_sync_that_is_cut_after_any_step_is_finished_by_the_next_one()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var (common, here, there) = (Listing(random), Listing(random), Listing(random));
            var plan = SyncPlanner.Plan(common, here, there);
            for (var cut = 0; cut < plan.Count; cut++)
            {
                var (midHere, midThere) = Apply(plan, here, there, cut);
                // The worst cut: of a conflict, only the copy of there's text on this side has been made.
                if (plan[cut].ConflictPath is { } conflict)
                    midHere[conflict] = plan[cut].ThereHash!;
                var rest = SyncPlanner.Plan(common, midHere, midThere);
                var (newHere, newThere) = Apply(rest, midHere, midThere, rest.Count);
                var (onceHere, onceThere) = Apply(plan, here, there, plan.Count);
                Assert.Equal(onceHere.OrderBy(p => p.Key), newHere.OrderBy(p => p.Key));
                Assert.Equal(onceThere.OrderBy(p => p.Key), newThere.OrderBy(p => p.Key));
            }
        }
    }

    [Fact]
    public void A_conflict_name_collides_with_no_name_on_either_side_in_any_case()
    {
        var here = new Dictionary<string, string>
        {
            ["a/note.md"] = Hash('1'),
            ["A/NOTE (Conflict 22222222).md"] = Hash('3'),
        };
        var there = new Dictionary<string, string> { ["a/note.md"] = Hash('2') };
        var step = Assert.Single(SyncPlanner.Plan(Empty, here, there), s => s.Action == SyncAction.KeepBoth);
        Assert.Equal("a/note (conflict 22222222 2).md", step.ConflictPath);
    }

    [Theory]
    [InlineData("name.md", "name (conflict 22222222).md")]
    [InlineData("v1.2/plan.b.markdown", "v1.2/plan.b (conflict 22222222).markdown")]
    public void A_conflict_name_says_where_the_text_comes_from(string path, string expected)
    {
        var plan = SyncPlanner.Plan(Empty, One(Hash('1'), path), One(Hash('2'), path));
        Assert.Equal(expected, Assert.Single(plan).ConflictPath);
    }

    [Fact]
    public void A_conflict_name_is_a_good_note_path_even_where_the_note_has_the_longest()
    {
        var longest = new string('ü', 126) + ".md";
        var plan = SyncPlanner.Plan(Empty, One(Hash('1'), longest), One(Hash('2'), longest));
        Assert.Null(NotePath.Problem(plan[0].ConflictPath!));
        Assert.Null(NotePath.Problem(longest));
    }

    [Fact]
    public void Steps_stand_in_ordinal_order_of_path()
    {
        var plan = SyncPlanner.Plan(
            Empty,
            One("x", "b.md"),
            new Dictionary<string, string> { ["a.md"] = "y", ["B.md"] = "z" }
        );
        Assert.Equal(["B.md", "a.md", "b.md"], plan.Select(s => s.Path));
    }

    [Fact]
    public void The_specification_names_the_actions_with_the_numbers_they_have()
    {
        var text = File.ReadAllText(Path.Combine(Repo.Root, "firmware", "Edge.Notes", "SYNC.md"));
        var rows = Regex.Matches(text, @"^\| (\d+) \| (\w+) \|", RegexOptions.Multiline);
        Assert.Equal(
            Enum.GetValues<SyncAction>().Select(a => $"{(int)a} {a}"),
            rows.Select(r => $"{r.Groups[1].Value} {r.Groups[2].Value}")
        );
    }

    [Fact]
    public void The_specification_lists_the_cases_as_the_planner_decides_them()
    {
        var text = File.ReadAllText(Path.Combine(Repo.Root, "firmware", "Edge.Notes", "SYNC.md"));
        var rows = Regex.Matches(text, @"^\| ([xyz-]) \| ([xyz-]) \| ([xyz-]) \| (\w+) \|", RegexOptions.Multiline);
        Assert.Equal(15, rows.Count);
        foreach (Match row in rows)
        {
            string? Content(int group) => row.Groups[group].Value == "-" ? null : row.Groups[group].Value;
            var plan = SyncPlanner.Plan(One(Content(1)), One(Content(2)), One(Content(3)));
            Assert.Equal(row.Groups[4].Value, plan.Count == 0 ? "nothing" : plan[0].Action.ToString());
        }
    }

    /// <summary>The rules once more, in another shape: what changed since the last common state decides.</summary>
    private static SyncAction? Expected(string? common, string? here, string? there)
    {
        if (here == there)
            return null;
        var (changedHere, changedThere) = (here != common, there != common);
        return (changedHere, changedThere, here, there) switch
        {
            (true, false, null, _) => SyncAction.GoneHere,
            (false, true, _, null) => SyncAction.GoneThere,
            (_, _, null, _) => SyncAction.CopyToHere,
            (_, _, _, null) => SyncAction.CopyToThere,
            (true, true, _, _) => SyncAction.KeepBoth,
            (true, _, _, _) => SyncAction.CopyToThere,
            _ => SyncAction.CopyToHere,
        };
    }

    private static readonly Dictionary<string, string> Empty = [];

    private static Dictionary<string, string> One(string? content, string path = "note.md") =>
        content is null ? [] : new() { [path] = content };

    private static string Hash(char c) => new(c, 64);

    private static Dictionary<string, string> Listing(Random random)
    {
        string[] paths = ["a.md", "A.md", "b/c.md", "b/d.markdown", "e.md", "e (conflict 11111111).md"];
        var listing = new Dictionary<string, string>();
        foreach (var path in paths)
        {
            if (random.Next(4) is > 0 and var content)
                listing[path] = Hash((char)('0' + content));
        }
        return listing;
    }

    private static (Dictionary<string, string> Here, Dictionary<string, string> There) Apply(
        IReadOnlyList<SyncStep> plan,
        Dictionary<string, string> here,
        Dictionary<string, string> there,
        int steps
    )
    {
        var (newHere, newThere) = (new Dictionary<string, string>(here), new Dictionary<string, string>(there));
        foreach (var step in plan.Take(steps))
        {
            switch (step.Action)
            {
                case SyncAction.CopyToThere:
                    newThere[step.Path] = step.HereHash!;
                    break;
                case SyncAction.CopyToHere:
                    newHere[step.Path] = step.ThereHash!;
                    break;
                case SyncAction.KeepBoth:
                    Assert.True(newHere.TryAdd(step.ConflictPath!, step.ThereHash!));
                    Assert.True(newThere.TryAdd(step.ConflictPath!, step.ThereHash!));
                    newThere[step.Path] = step.HereHash!;
                    break;
            }
        }
        return (newHere, newThere);
    }

    private static HashSet<(string, string)> Agreeing(Dictionary<string, string> side, HashSet<string> gone) =>
        [.. side.Where(p => !gone.Contains(p.Key)).Select(p => (p.Key, p.Value))];

    /// <summary>Every text that either side had is still somewhere, unless it is the common text that the other side has
    /// moved on from.</summary>
    private static void AssertNothingLost(
        Dictionary<string, string> common,
        Dictionary<string, string> here,
        Dictionary<string, string> there,
        Dictionary<string, string> newHere,
        Dictionary<string, string> newThere,
        string where
    )
    {
        foreach (var (path, content) in here.Concat(there))
        {
            var isOld = common.GetValueOrDefault(path) == content;
            var kept = newHere.ContainsValue(content) || newThere.ContainsValue(content);
            Assert.True(isOld || kept, $"{path} with {content[..4]} is lost, {where}");
        }
        Assert.True(here.Keys.All(newHere.ContainsKey) && there.Keys.All(newThere.ContainsKey), where);
    }

    private static Dictionary<string, string> NewCommon(
        Dictionary<string, string> common,
        Dictionary<string, string> here,
        Dictionary<string, string> there
    )
    {
        var next = new Dictionary<string, string>(common);
        foreach (var (path, content) in here)
        {
            if (there.GetValueOrDefault(path) == content)
                next[path] = content;
        }
        return next;
    }
}
