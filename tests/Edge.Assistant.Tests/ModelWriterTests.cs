using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Assistant.Tests;

/// <summary>A model that can write, run for real: what it writes is shown only as far as the note says it.</summary>
public sealed class ModelWriterTests
{
    private const string Note =
        "# Garden budget\n\nWe met on Tuesday. The budget for seeds is 300 euros. Anna buys the seeds in March.\n";

    [Fact]
    public void A_summary_that_the_note_says_is_the_models()
    {
        using var desk = new Desk(modelSays: "Anna buys seeds for 300 euros.");
        desk.Put("garden.md", Note);
        var summary = desk.Summarize("garden.md");
        Assert.Equal("Anna buys seeds for 300 euros.", summary.Text);
        Assert.Equal("speaker", summary.WrittenBy);
        Assert.Null(desk.Assistant.WhyQuoted);
    }

    [Fact]
    public void A_sentence_with_an_invented_number_is_dropped_and_the_rest_stays()
    {
        using var desk = new Desk(modelSays: "Anna buys the seeds. They cost 450 euros.");
        desk.Put("garden.md", Note);
        Assert.Equal("Anna buys the seeds.", desk.Summarize("garden.md").Text);
    }

    [Fact]
    public void When_nothing_holds_the_note_is_quoted()
    {
        using var desk = new Desk(modelSays: "Robert bought 17 tractors.");
        desk.Put("garden.md", Note);
        var summary = desk.Summarize("garden.md");
        Assert.Equal(NoteAssistant.Quoted, summary.WrittenBy);
        Assert.DoesNotContain("Robert", summary.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_is_the_models_with_the_lines_it_stands_on()
    {
        using var desk = new Desk(modelSays: "The budget is 300 euros.");
        desk.Put("garden.md", Note);
        var answer = desk.Ask("What is the budget for seeds?");
        Assert.Equal("The budget is 300 euros.", answer.Text);
        Assert.Equal("speaker", answer.WrittenBy);
        Assert.Contains("300 euros", answer.Citations[0].Quote, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_knows_our_prompts_answers_with_words_of_the_passages_whatever_it_prefers()
    {
        var written = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            using var folder = new TempFolder();
            TinyModel.Write(folder["tiny.gguf"], seed, context: 1024);
            using var model = LanguageModel.Open(folder["tiny.gguf"], threads: 1);
            var writer = INoteWriter.For(model);
            Assert.IsType<TaskWriter>(writer);
            string[] passages = ["Peter repairs the shed roof for 80 euros.", "Anna plants the tulip bulbs in March."];
            var answer = writer.Answer("Who repairs the shed roof?", passages, TestContext.Current.CancellationToken);
            written += answer is null ? 0 : 1;
            if (answer is not null)
                Assert.Contains(passages, passage => passage.Contains(answer, StringComparison.Ordinal));
            // What such a model writes freely is nonsense, and no sentence of it is kept.
            Assert.Null(writer.Summarize("Shed", passages[0], TestContext.Current.CancellationToken));
        }
        Assert.True(written > 0, "no answer was the model's");

        using var desk = new Desk(knowsPrompts: true);
        desk.Put("garden.md", Note);
        var shown = desk.Ask("What is the budget for seeds?");
        Assert.False(shown.Refused);
        Assert.Contains(shown.Citations, citation => citation.Quote.Contains(shown.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_question_that_the_notes_do_not_answer_is_refused_whatever_the_model_says()
    {
        using var desk = new Desk(modelSays: "The budget is 300 euros.");
        desk.Put("garden.md", Note);
        Assert.True(desk.Ask("Who painted the ceiling of the chapel?").Refused);
    }
}
