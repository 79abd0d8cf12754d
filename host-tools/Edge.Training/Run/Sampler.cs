using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Training.Model;

namespace Edge.Training.Run;

/// <summary>Lets the device's own engine write with the weights of the moment, from the file that would ship.</summary>
internal sealed class Sampler(
    Network network,
    string folder,
    string tokenizerPath,
    IReadOnlyList<string> tasks,
    ITrainingWatcher watcher
)
{
    private const int TokensMax = 48;

    private const string Note =
        "Minutes of the garden club, 12 May. Ana will order forty tulip bulbs before Friday. The shed roof leaks; "
        + "Peter repairs it on Saturday. The next meeting is on 9 June at seven in the library.";

    public void Run(string stage, long step)
    {
        var path = Path.Combine(folder, "latest.gguf");
        ModelExport.Save(network, path, "latest", TensorType.Q8_0, tokenizerPath, tasks);
        using var model = LanguageModel.Open(path, threads: network.Compute.Threads);
        foreach (var (shown, prompt) in Prompts(model))
        {
            // A model with a very small context learns from shorter texts than this one.
            if (prompt.Length >= model.Positions)
                continue;
            var options = new GenerationOptions
            {
                MaxTokens = TokensMax,
                StopStrings = model.ChatTemplate.StopStrings,
                Sampling = new SamplingOptions { Temperature = tasks.Count > 0 ? 0 : 0.8f, Seed = (ulong)step },
            };
            watcher.Sampled(new SampleReport(stage, step, shown, model.Generate(prompt, options).Text));
        }
    }

    private IEnumerable<(string Shown, int[] Prompt)> Prompts(LanguageModel model)
    {
        if (tasks.Count == 0)
            yield return ("", model.Tokenizer.Encode("", addBos: true));
        if (tasks.Contains("answer"))
        {
            const string question = "When is the next meeting?";
            var turn = TaskPrompt.Turn(TaskPrompt.Question(Note, question));
            yield return (question, model.ChatTemplate.Encode(model.Tokenizer, turn));
        }
        if (tasks.Contains("summarize"))
        {
            var turn = TaskPrompt.Turn(TaskPrompt.Headline(Note));
            yield return ("Headline", model.ChatTemplate.Encode(model.Tokenizer, turn));
        }
    }
}
