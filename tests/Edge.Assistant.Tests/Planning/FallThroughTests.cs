using Edge.Assistant.Evaluation;
using Edge.Assistant.Planning;
using Edge.TestKit;

namespace Edge.Assistant.Tests.Planning;

/// <summary>A wrong plan is worse than none: questions about what notes say are not the planner's.</summary>
public class FallThroughTests
{
    private static Planned? Plan(Desk desk, string question) =>
        new Planner(desk.Vault, desk.Index, desk.Clock).Answer(question, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("How many eggs go into the cake?")]
    [InlineData("What happened in March 2020 to the release team?")]
    [InlineData("How long should the first kombucha fermentation sit before I taste it?")]
    [InlineData("How many kernels do I put in first to test the oil for kettle corn?")]
    [InlineData("What year did Tommy's Mexican Restaurant open?")]
    [InlineData("How often does Google Calendar refresh a subscribed ICS feed?")]
    [InlineData("How often does the monstera get a new pot?")]
    [InlineData("How many sessions of physiotherapy did Dr. Feldman order?")]
    [InlineData("When is the seed swap?")]
    [InlineData("Who leads the reading group in July?")]
    [InlineData("When does the train from Paris to Barcelona leave?")]
    [InlineData("What do I say instead of the # symbol before a numeral?")]
    [InlineData("What does #include do?")]
    [InlineData("How do I open the note-taking app?")]
    [InlineData("What did the dentist say last Tuesday?")]
    [InlineData("What is due to change in version 2?")]
    [InlineData("What is the due date of the invoice?")]
    [InlineData("What changed between version 1.3 and 1.4?")]
    [InlineData("What changed in the release process since 1.3?")]
    [InlineData("What changed between the March and the April minutes?")]
    [InlineData("How many files are in the Downloads folder?")]
    [InlineData("How do I list all folders in vim?")]
    [InlineData("Which git command lists tags?")]
    [InlineData("How many tags does a Docker image have?")]
    [InlineData("How do I show open tasks in Jira?")]
    [InlineData("Which tasks does Tomasz do for the allotment?")]
    [InlineData("How many tasks did the release team finish in March?")]
    [InlineData("What is to do when the boiler fails?")]
    [InlineData("What do I have to do before I fly to Madrid?")]
    [InlineData("What should I do with the eggs on Monday?")]
    public void A_question_with_dates_counts_or_tasks_about_content_is_left_to_retrieval(string question) =>
        IsLeftToRetrieval(question);

    [Theory]
    [InlineData("How many notes does a piano have?")]
    [InlineData("What notes are in a C major chord?")]
    [InlineData("Which notes did Priya take at the meeting?")]
    [InlineData("What did Ingrid write last week?")]
    [InlineData("What did I write to the landlord in March?")]
    [InlineData("What did we decide last week?")]
    [InlineData("What happened last week at the allotment?")]
    [InlineData("When was the last meeting?")]
    [InlineData("When did Tomasz last order the water tank?")]
    [InlineData("What is the last time to check in?")]
    [InlineData("How many times does the washing machine spin since the repair?")]
    [InlineData("How many times must I knead the dough?")]
    [InlineData("Which Kubernetes release was PetSets supposed to be alpha in?")]
    [InlineData("What may I plant in the raised bed?")]
    [InlineData("May I use the tent in March?")]
    [InlineData("How far did we march on Sunday?")]
    [InlineData("Show me how to fold an origami crane")]
    [InlineData("Show me the note about the heat pump")]
    [InlineData("Open the pod bay doors")]
    [InlineData("Is bread in the freezer since last week still good?")]
    [InlineData("How old is the cat?")]
    [InlineData("What is the newest version of Python?")]
    [InlineData("What did I write?")]
    [InlineData("What do I do?")]
    [InlineData("How often was the fence mended in May?")]
    [InlineData("What happened?")]
    [InlineData("Which release notes mention the fence?")]
    [InlineData("How many piano notes are there?")]
    [InlineData("What is due by the end of the project according to Tomasz?")]
    [InlineData("How do I count the number of notes in a file?")]
    [InlineData("When did we last agree on the patch policy for releases?")]
    [InlineData("How many people came since the seed swap?")]
    [InlineData("Who has been the chair since March?")]
    [InlineData("What is between the joists?")]
    [InlineData("?")]
    public void A_question_about_notes_or_last_times_of_others_is_left_to_retrieval(string question) =>
        IsLeftToRetrieval(question);

    [Theory]
    [InlineData("recipes")]
    [InlineData("til-simonw")]
    [InlineData("style-guide")]
    [InlineData("minutes-k8s")]
    public void No_question_over_real_notes_is_taken_from_retrieval(string vault)
    {
        var questions = AnswersEvaluation.ReadQuestions(Repo.Shared($"vaults/{vault}.questions.jsonl"));
        using var desk = new Desk();
        desk.Put(
            "2026-05-19 dentist.md",
            "# Dentist\n\nThe dentist said 2 fillings. #health\n\n- [ ] Pay the dentist\n"
        );
        Assert.All(questions, question => Assert.Null(Plan(desk, question.Question)));
    }

    private static void IsLeftToRetrieval(string question)
    {
        using var desk = new Desk();
        desk.Put(
            "2026-05-19 dentist.md",
            "# Dentist\n\nThe dentist said 2 fillings. #health\n\n- [ ] Pay the dentist\n"
        );
        desk.Put("recipes/cake.md", "---\ndate: 2026-03-05\n---\n# Cake\n\nThree eggs go into the cake.\n");
        Assert.Null(Plan(desk, question));
    }
}
