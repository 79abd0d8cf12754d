using Edge.Assistant.Council;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Assistant.Tests.Council;

public sealed class ModelCouncilTests : IDisposable
{
    private const string Question = "How long must the bread dough rest?";
    private const string Sentence = "The bread dough must rest for twelve hours in the cold fridge.";

    private readonly Desk desk = new();
    private readonly TempFolder folder = new();

    public ModelCouncilTests() => desk.Put("bread.md", $"# Bread\n\n{Sentence}\n");

    public void Dispose()
    {
        folder.Dispose();
        desk.Dispose();
    }

    private CouncilAnswer Ask(string question, params CouncilSeat[] seats) =>
        new ModelCouncil(desk.Assistant, desk.Clock).Ask(
            question,
            seats,
            cancellation: TestContext.Current.CancellationToken
        );

    /// <summary>A model that answers everything with this text; its place is its file.</summary>
    private CouncilSeat Speaker(string file, string says)
    {
        SpeakingModel.Write(folder[file], says);
        return CouncilSeat.Of(file, () => LanguageModel.Open(folder[file], threads: 1));
    }

    [Fact]
    public void Every_model_answers_and_judges_and_the_best_supported_answer_is_given()
    {
        var answer = Ask(Question, Speaker("a.gguf", "twelve hours"), Speaker("b.gguf", "the cold fridge"));

        Assert.False(answer.Refused);
        Assert.Null(answer.Remark);
        Assert.Equal(3, answer.Voices.Count);
        string[] names = ["speaker", "speaker (b.gguf)"];
        Assert.All(answer.Voices, voice => Assert.Equal(names, voice.Scores.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(answer.Voices.Select(v => v.Mean).OrderDescending(), answer.Voices.Select(v => v.Mean));
        Assert.Equal((answer.Voices[0].Answer, answer.Voices[0].Model), (answer.Text, answer.WrittenBy));
        var first = answer.Voices.Single(voice => voice.Model == "speaker");
        var second = answer.Voices.Single(voice => voice.Model == "speaker (b.gguf)");
        Assert.Equal(("twelve hours", "the cold fridge"), (first.Answer, second.Answer));
        Assert.Equal(Sentence, answer.Voices.Single(voice => voice.Model == NoteAssistant.Quoted).Answer);
        Assert.Equal(new Citation("bread.md", 3, 3, Sentence), Assert.Single(answer.Citations));
    }

    [Fact]
    public void An_answer_that_two_give_is_judged_once_and_is_the_answer_of_both()
    {
        var answer = Ask(
            Question,
            Speaker("a.gguf", "the cold fridge"),
            Speaker("b.gguf", "twelve hours"),
            Speaker("c.gguf", "twelve hours")
        );
        var agreeing = answer.Voices.Where(voice => voice.Answer == "twelve hours").ToList();
        Assert.Equal(2, agreeing.Count);
        Assert.Equal(agreeing[0].Scores, agreeing[1].Scores);
    }

    [Fact]
    public void Without_a_model_the_answer_is_quoted_and_says_so()
    {
        var answer = Ask(Question);
        Assert.Equal((Sentence, NoteAssistant.Quoted), (answer.Text, answer.WrittenBy));
        Assert.Equal("There is no model, so there is no council: the answer is quoted from the notes.", answer.Remark);
        Assert.Empty(Assert.Single(answer.Voices).Scores);
    }

    [Fact]
    public void One_model_alone_is_said_to_be_alone_and_still_answers()
    {
        var answer = Ask(Question, Speaker("a.gguf", "twelve hours"));
        Assert.StartsWith("There is only one model, speaker:", answer.Remark, StringComparison.Ordinal);
        Assert.Equal(2, answer.Voices.Count);
        Assert.Equal("twelve hours", answer.Voices.Single(voice => voice.Model == "speaker").Answer);
        Assert.Equal(answer.Voices[0].Answer, answer.Text);
    }

    [Fact]
    public void A_model_that_does_not_open_is_left_out_by_name_where_it_may_be_missing()
    {
        File.WriteAllText(folder["broken.gguf"], "not a model");
        var broken = CouncilSeat.Of("slot B", () => LanguageModel.Open(folder["broken.gguf"], threads: 1));

        var answer = Ask(Question, broken with { MayBeMissing = true }, Speaker("a.gguf", "twelve hours"));
        Assert.StartsWith("slot B took no part: ", answer.Remark, StringComparison.Ordinal);
        Assert.Contains("broken.gguf", answer.Remark, StringComparison.Ordinal);
        Assert.Contains("There is only one model, speaker:", answer.Remark, StringComparison.Ordinal);
        Assert.Equal(["quoted", "speaker"], answer.Voices.Select(voice => voice.Model).Order(StringComparer.Ordinal));
        Assert.All(answer.Voices, voice => Assert.Equal(["speaker"], voice.Scores.Keys));

        Assert.Equal(Sentence, Ask(Question, broken with { MayBeMissing = true }).Text);
        Assert.ThrowsAny<Exception>(() => Ask(Question, broken, Speaker("b.gguf", "twelve hours")));
    }

    [Fact]
    public void What_the_notes_do_not_say_is_no_answer()
    {
        var answer = Ask(Question, Speaker("a.gguf", "Ninety minutes at Otto's"));
        var voice = answer.Voices.Single(v => v.Model == "speaker");
        Assert.Equal(TaskPrompt.Refusal, voice.Answer);
        Assert.Empty(voice.Scores);
        Assert.Equal(Sentence, answer.Text);
        Assert.Contains("found no answer in the passages", string.Join('\n', CouncilText.Lines(answer.Voices)));
    }

    [Fact]
    public void A_model_that_cannot_write_copies_words_of_the_passages()
    {
        var model = Repo.Shared("models/stories260K.bin");
        var words = Repo.Shared("models/tok512.bin");
        var answer = Ask(
            Question,
            CouncilSeat.Of("stories", () => LanguageModel.Open(model, words, threads: 1)),
            Speaker("a.gguf", "twelve hours")
        );
        var copied = answer.Voices.Single(voice => voice.Model is not ("speaker" or NoteAssistant.Quoted)).Answer;
        Assert.True(copied == TaskPrompt.Refusal || Sentence.Contains(copied, StringComparison.Ordinal), copied);
        Assert.All(answer.Voices.Where(v => v.Scores.Count > 0), v => Assert.Equal(2, v.Scores.Count));
    }

    [Fact]
    public void A_model_that_does_not_fit_beside_the_others_waits_until_they_are_closed()
    {
        var open = 0;
        var opened = 0;
        CouncilSeat Large(string file, string says)
        {
            SpeakingModel.Write(folder[file], says);
            return new CouncilSeat(
                file,
                () =>
                {
                    if (open > 0)
                        throw new InsufficientMemoryException("needs 100 MiB, 10 MiB are available");
                    (open, opened) = (open + 1, opened + 1);
                    return LanguageModel.Open(folder[file], threads: 1);
                },
                (model, _) =>
                {
                    open--;
                    model.Dispose();
                }
            );
        }
        var answer = Ask(Question, Large("a.gguf", "twelve hours"), Large("b.gguf", "the cold fridge"));
        Assert.Equal(3, answer.Voices.Count);
        Assert.All(answer.Voices, voice => Assert.Equal(2, voice.Scores.Count));
        Assert.Equal((0, 3), (open, opened));
    }

    [Fact]
    public void A_model_that_does_not_fit_alone_is_refused_with_the_numbers_and_the_others_are_closed()
    {
        var closed = 0;
        SpeakingModel.Write(folder["a.gguf"], "twelve hours");
        var small = new CouncilSeat(
            "a.gguf",
            () => LanguageModel.Open(folder["a.gguf"], threads: 1),
            (model, _) =>
            {
                closed++;
                model.Dispose();
            }
        );
        var large = CouncilSeat.Of("b.gguf", () => throw new InsufficientMemoryException("needs 900 MiB, 10 MiB are"));
        var refused = Assert.Throws<InsufficientMemoryException>(() => Ask(Question, small, large));
        Assert.Contains("900 MiB", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, closed);
        Assert.False(desk.Ask(Question).Refused);
    }

    [Fact]
    public void No_model_is_asked_where_the_notes_do_not_say_or_code_looks_it_up()
    {
        var never = CouncilSeat.Of("x", () => throw new InvalidOperationException("opened"));
        var refused = Ask("What is the capital of Peru?", never);
        Assert.True(refused.Refused);
        Assert.Empty(refused.Voices);
        desk.Put("todo.md", "# Week\n\n- [ ] Call Ruth\n- [x] Pay Anna\n");
        var planned = Ask("Which to-dos are open?", never);
        Assert.Empty(planned.Voices);
        Assert.StartsWith("This was looked up", planned.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_and_the_answer_are_told_while_it_works_and_it_can_be_cancelled()
    {
        var stages = new List<string>();
        var text = "";
        using var stop = new CancellationTokenSource();
        var seat = Speaker("a.gguf", "twelve hours");
        var council = new ModelCouncil(desk.Assistant, desk.Clock);
        var answer = council.Ask(
            Question,
            [seat],
            piece => text += piece,
            new Steps(s => stages.Add(s.Stage)),
            stop.Token
        );
        Assert.Equal(answer.Text, text);
        Assert.Equal(["speaker answers", "speaker judges"], stages);
        Assert.Throws<OperationCanceledException>(() =>
            council.Ask(Question, [seat], null, new Steps(_ => stop.Cancel()), stop.Token)
        );
    }

    [Fact]
    public void Too_many_models_are_refused()
    {
        var seat = CouncilSeat.Of("x", () => throw new InvalidOperationException("opened"));
        Assert.Throws<ArgumentException>(() => Ask(Question, [.. Enumerable.Repeat(seat, ModelCouncil.SeatsMax + 1)]));
    }

    private sealed class Steps(Action<CouncilStep> report) : IProgress<CouncilStep>
    {
        public void Report(CouncilStep value) => report(value);
    }
}
