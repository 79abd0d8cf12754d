using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Tests.Data;

public sealed class TaskTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TrainingTokenizer tokenizer;
    private readonly CachedEncoder encoder;
    private readonly ExampleEncoder examples;

    public TaskTests()
    {
        tokenizer = TestTokenizer.Small(folder);
        encoder = new CachedEncoder(tokenizer.Tokenizer);
        examples = new ExampleEncoder(tokenizer);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_prompt_has_the_tokens_that_the_device_gives_it()
    {
        string[] contents = ["", "\n\nthe cat was 20", "a <|im_end|> forged", " the\n", "<|im_start|>", "é\t"];
        foreach (var content in contents)
        {
            var turn = TaskPrompt.Turn(content);
            Assert.Equal(ExampleEncoder.Template.Encode(tokenizer.Tokenizer, turn), examples.Prompt(encoder, turn));
        }
        Assert.Equal("chatml", ExampleEncoder.Template.Name);
    }

    [Fact]
    public void An_example_is_prompt_answer_and_end_and_the_answer_is_written_as_in_the_passage()
    {
        var example = Questions(
                256,
                new QuestionItem
                {
                    Context = "It was the Red cat.",
                    Question = "Who?",
                    Answers = ["nobody", "red Cat"],
                }
            )
            .Make(0, encoder)!;
        Assert.Equal(
            tokenizer.Tokenizer.Encode(" Red cat", addBos: false).Append(examples.EndOfTurn),
            example.Ids[example.Answers[0].Start..]
        );
        Assert.Equal(
            ExampleEncoder.Template.Encode(
                tokenizer.Tokenizer,
                TaskPrompt.Turn(TaskPrompt.Question("It was the Red cat.", "Who?"))
            ),
            example.Ids[..example.Answers[0].Start]
        );
    }

    [Fact]
    public void Only_the_answer_and_its_end_are_judged()
    {
        var rows = RowPacker.Pack(
            [Made("Ann was in.", "Who?", "Ann"), null, Made("The 12 ran.", "How many?", "12")],
            512
        );
        var (inputs, targets, starts) = (new int[512], new int[512], new int[512]);
        RowPacker.Write(Assert.Single(rows), inputs, targets, starts, new float[512], promptWeight: 0);
        var judged = targets.Where(target => target != Batch.NoTarget).ToArray();
        Assert.Equal([.. judged], [.. rows[0].SelectMany(example => example.Ids[example.Answers[0].Start..])]);
        var second = rows[0][0].Positions;
        Assert.Equal(0, starts[second - 1]);
        Assert.Equal(second, starts[second]);
        Assert.Equal(tokenizer.Begin, inputs[second]);
        Assert.Equal(511, starts[511]);
        Assert.Equal(Batch.NoTarget, targets[511]);
        // The target of the position before the answer is its first token.
        var first = rows[0][0];
        Assert.Equal(first.Ids[first.Answers[0].Start], targets[first.Answers[0].Start - 1]);
        Assert.Equal(Batch.NoTarget, targets[first.Answers[0].Start - 2]);
    }

    [Fact]
    public void With_a_weight_prompts_are_judged_too_and_answers_count_whole()
    {
        var (first, second) = (Made("Ann was in.", "Who?", "Ann"), Made("The 12 ran.", "How many?", "12"));
        var batch = new Batch(1, 512);
        RowPacker.Write([first, second], batch.Inputs, batch.Targets, batch.Starts, batch.Weights, promptWeight: 0.25f);
        Assert.Equal(first.Ids[1..], batch.Targets[..first.Positions]);
        Assert.Equal(second.Ids[1..], batch.Targets[first.Positions..(first.Positions + second.Positions)]);
        Assert.Equal(Batch.NoTarget, batch.Targets[first.Positions + second.Positions]);
        var (start, end) = first.Answers[0];
        Assert.All(batch.Weights[..(start - 1)], weight => Assert.Equal(0.25f, weight));
        Assert.All(batch.Weights[(start - 1)..(end - 1)], weight => Assert.Equal(1, weight));
        var answers = first.Ids.Length - start + second.Ids.Length - second.Answers[0].Start;
        Assert.Equal(answers + (0.25 * (first.Positions + second.Positions - answers)), batch.TotalWeight, 3);
    }

    [Fact]
    public void Other_questions_on_the_passage_follow_as_turns_and_each_answer_is_judged()
    {
        QuestionItem[] items =
        [
            Item("Ann was in. Bob ran 12 miles.", "Who was in?", "Ann"),
            Item("Ann was in. Bob ran 12 miles.", "Who ran?", "Bob"),
            Item("Ann was in. Bob ran 12 miles.", "How many miles?", "12"),
            Item("The dog sat.", "Who sat?", "The dog"),
        ];
        var all = Follow(items, followUps: 2, length: 512, unanswerable: 0);
        var text = Text(all);
        Assert.Equal(3, all.Answers.Length);
        foreach (var asked in items[..3])
            Assert.Contains($"{asked.Question}<|im_end|>\n<|im_start|>assistant\n", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("Bob ran 12 miles.").Length - 1);
        // What is judged is what the device would write, token by token, each with its end.
        var (inputs, targets, starts) = (new int[512], new int[512], new int[512]);
        RowPacker.Write([all], inputs, targets, starts, new float[512], promptWeight: 0);
        var judged = targets.Where(target => target != Batch.NoTarget).ToArray();
        Assert.Equal(3, judged.Count(id => id == examples.EndOfTurn));
        var said = tokenizer.Tokenizer.Decode(judged).Trim().Split(' ');
        Assert.Equal(["12", "Ann", "Bob"], said.Order(StringComparer.Ordinal));
        // The tokens are those of the device's template for the whole conversation.
        var turns = text.Split("<|im_start|>", StringSplitOptions.RemoveEmptyEntries)
            .Select(turn => turn.Split("<|im_end|>")[0])
            .Where(turn => turn.Contains('\n'))
            .Select(turn => turn.Split('\n', 2))
            .Select(turn => new ChatMessage(turn[0] == "user" ? ChatRole.User : ChatRole.Assistant, turn[1]))
            .ToArray();
        Assert.Equal(6, turns.Length);
        Assert.Equal(
            ExampleEncoder.Template.Encode(tokenizer.Tokenizer, turns[..^1]),
            all.Ids[..all.Answers[^1].Start]
        );
    }

    [Fact]
    public void Follow_ups_that_the_passage_does_not_answer_are_refused_and_none_makes_the_example_too_long()
    {
        QuestionItem[] items =
        [
            Item("Ann was in. Bob ran 12 miles.", "Who was in?", "Ann"),
            Item("Ann was in. Bob ran 12 miles.", "Who ran?", "Bob"),
            Item("The dog sat.", "Who sat?", "The dog"),
        ];
        var refused = Follow(items, followUps: 1, length: 512, unanswerable: 0.9);
        Assert.EndsWith(
            $"Question: Who sat?<|im_end|>\n<|im_start|>assistant\n{TaskPrompt.Refusal}<|im_end|>",
            Text(refused),
            StringComparison.Ordinal
        );
        var alone = Follow(items, followUps: 0, length: 512, unanswerable: 0);
        var tight = Follow(items, followUps: 1, length: alone.Positions + 3, unanswerable: 0);
        Assert.Equal(alone.Ids, tight.Ids);
        Assert.Single(tight.Answers);
    }

    [Theory]
    [InlineData("the brave little tailor", "A little tailor who was brave lived here.", 0.6, "little tailor")]
    [InlineData("He went home.", "Then he went slowly home again.", 0.6, "he went slowly home")]
    [InlineData("because of the rain", "The rain fell.", 0.6, null)]
    [InlineData("Ann", "Bob was in.", 0.1, null)]
    [InlineData("...", "Bob was in.", 0.1, null)]
    public void The_nearest_words_of_the_passage_stand_in_for_an_answer(
        string answer,
        string passage,
        double least,
        string? expected
    ) => Assert.Equal(expected, Spans.Nearest([answer], passage, least));

    [Fact]
    public void A_long_passage_is_cut_around_the_answer_and_never_the_question()
    {
        var filler = string.Concat(Enumerable.Range(0, 60).Select(i => $"Line {i} says a thing. "));
        var passage = filler + "The key is under the mat. " + filler;
        var text = Text(Made(passage, "Where is the key?", "under the mat", 256));
        Assert.Contains("The key is under the mat.", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("Question: Where is the key?").Length - 1);
        Assert.EndsWith(" under the mat<|im_end|>", text, StringComparison.Ordinal);
        var refused = Text(Questions(256, Item(passage, "Where is the dog?")).Make(0, encoder)!);
        Assert.EndsWith("assistant\n" + TaskPrompt.Refusal + "<|im_end|>", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_fit_is_dropped_and_counted()
    {
        var tasks = Questions(64, Item("Ann was in.", "Who " + new string('o', 100) + "?", "Ann"));
        Assert.Null(tasks.Make(0, encoder));
        Assert.Equal(1, tasks.Counts["s"].Dropped);
    }

    [Fact]
    public void Answers_that_are_not_in_the_passage_are_left_out_unless_a_share_is_asked_for()
    {
        QuestionItem[] items =
        [
            Item("Ann was in.", "Who?", "Ann"),
            Item("Ann was in.", "Why?", "She lives there"),
            Item("Know it.", "Is it?", "no"),
        ];
        var set = QuestionSet.Of(items, null);
        Assert.Equal("Ann", Assert.Single(set.Items).Answer);
        Assert.Equal(2, set.NotInPassage["s"]);
        Assert.Equal(3, QuestionSet.Of(items, new RecipeQuestions { OtherAnswers = 1 }).Items.Count);
    }

    [Fact]
    public void The_wanted_share_is_unanswerable_and_no_other_passage_answers_it()
    {
        var items = Enumerable
            .Range(0, 400)
            .Select(i => Item($"The box {i} holds thing{i}.", $"What is in box {i}?", $"thing{i}"));
        var entry = new RecipeData
        {
            File = "",
            Questions = new RecipeQuestions
            {
                Unanswerable = 0.25,
                Distractors = 1,
                DistractorsMax = 3,
            },
        };
        var tasks = new QuestionTasks(QuestionSet.Of(items, null), entry, examples, 512, seed: 3);
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            var text = Text(tasks.Make(i, encoder)!);
            var box = text.Split("box ")[1].Split('?')[0];
            var answered = !text.EndsWith(TaskPrompt.Refusal + "<|im_end|>", StringComparison.Ordinal);
            refused += answered ? 0 : 1;
            Assert.Equal(answered, text.Contains($"thing{box}.", StringComparison.Ordinal));
            Assert.True(text.Split("The box ").Length > 2);
        }
        Assert.InRange(refused, 70, 130);
        Assert.Equal(refused, tasks.Counts["s"].Unanswerable);
    }

    [Fact]
    public void A_question_asked_of_many_passages_stays_with_its_own()
    {
        var items = Enumerable
            .Range(0, 20)
            .Select(i => Item($"The phone number is {i}000.", "What is the phone number?", $"{i}000"));
        var entry = new RecipeData
        {
            File = "",
            Questions = new RecipeQuestions { Unanswerable = 0.5, Distractors = 1 },
        };
        var tasks = new QuestionTasks(QuestionSet.Of(items, null), entry, examples, 512, seed: 3);
        for (var i = 0; i < 40; i++)
        {
            var text = Text(tasks.Make(i, encoder)!);
            Assert.DoesNotContain(TaskPrompt.Refusal, text, StringComparison.Ordinal);
            Assert.Equal(2, text.Split("The phone number is").Length);
        }
    }

    [Fact]
    public void Sources_count_as_often_as_their_weight_says()
    {
        QuestionItem[] items =
        [
            .. Enumerable.Range(0, 10).Select(i => Item($"A{i} is.", $"Who {i}?", $"A{i}") with { Source = "twice" }),
            .. Enumerable.Range(0, 10).Select(i => Item($"B{i} is.", $"Who {i}?", $"B{i}") with { Source = "half" }),
            .. Enumerable
                .Range(0, 10)
                .Select(i => Item($"C{i} is.", $"Who {i}?") with { Source = "half-unanswerable" }),
            .. Enumerable.Range(0, 10).Select(i => Item($"D{i} is.", $"Who {i}?", $"D{i}") with { Source = "never" }),
        ];
        var times = new Dictionary<string, double>
        {
            ["twice"] = 2,
            ["half"] = 0.5,
            ["never"] = 0,
        };
        var tasks = new QuestionTasks(
            QuestionSet.Of(items, null),
            new RecipeData { File = "", Sources = times },
            examples,
            256,
            1
        );
        Assert.Equal(30, tasks.ExamplesPerEpoch);
        var sources = Enumerable.Range(0, 30).Select(i => tasks.Make(i, encoder)!.Source).ToArray();
        Assert.Equal(20, sources.Count(source => source == "twice"));
        Assert.Equal(5, sources.Count(source => source == "half"));
        Assert.Equal(5, sources.Count(source => source == "half-unanswerable"));
    }

    [Fact]
    public void Headlines_summaries_and_queries_have_their_own_prompts_and_long_texts_keep_their_beginning()
    {
        var text = "First. " + string.Concat(Enumerable.Repeat("More and more. ", 100));
        SummaryItem[] items =
        [
            new()
            {
                Text = text,
                Summary = "A title",
                Kind = "title",
            },
            new()
            {
                Text = text,
                Summary = "In short.",
                Kind = "summary",
            },
            new()
            {
                Text = text,
                Summary = "Of it.",
                Kind = "query-summary",
                Query = "Ann",
            },
        ];
        var tasks = SummaryTasks.Of(items, null, examples, 300, 1);
        var texts = Enumerable.Range(0, 3).Select(i => Text(tasks.Make(i, encoder)!)).Order().ToArray();
        Assert.Contains(
            texts,
            t =>
                t.Contains("Headline of:\n\nFirst. More", StringComparison.Ordinal)
                && t.EndsWith(" A title<|im_end|>", StringComparison.Ordinal)
        );
        Assert.Contains(texts, t => t.Contains("Summary of:\n\nFirst. More", StringComparison.Ordinal));
        Assert.Contains(texts, t => t.Split("Summary for: Ann").Length == 3);
        Assert.Equal(3, tasks.Counts[""].Shortened);
    }

    private Example Made(string passage, string question, string answer, int length = 512) =>
        Questions(length, Item(passage, question, answer)).Make(0, encoder)!;

    private QuestionTasks Questions(int length, QuestionItem item) =>
        new(QuestionSet.Of([item], null), new RecipeData { File = "" }, examples, length, seed: 1);

    private static QuestionItem Item(string passage, string question, params string[] answers) =>
        new()
        {
            Source = "s",
            Context = passage,
            Question = question,
            Answers = answers,
        };

    /// <summary>The example of the first question, which keeps its passage.</summary>
    private Example Follow(QuestionItem[] items, int followUps, int length, double unanswerable)
    {
        var entry = new RecipeData
        {
            File = "",
            Questions = new RecipeQuestions
            {
                Unanswerable = unanswerable,
                Distractors = 0,
                FollowUps = new Dictionary<string, int> { ["s"] = followUps },
            },
        };
        var tasks = new QuestionTasks(QuestionSet.Of(items, null), entry, examples, length, seed: 3);
        return Enumerable
            .Range(0, 1000)
            .Select(i => tasks.Make(i, encoder)!)
            .First(made =>
                Text(made).Contains($"Question: {items[0].Question}\n\n{items[0].Context}", StringComparison.Ordinal)
            );
    }

    private string Text(Example example) =>
        string.Concat(
            example.Ids.Select(id => id < 3 ? tokenizer.Tokenizer.Piece(id) : tokenizer.Tokenizer.Decode([id]))
        );
}
