using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;

namespace Edge.Cli.Commands;

/// <summary>edge eval: measures models and the whole pipeline against questions with known answers.</summary>
internal static class EvalCommand
{
    public static Command Create(Terminal terminal)
    {
        var eval = new EdgeCommand(
            "eval",
            "Measure models and the whole pipeline.",
            "edge eval answers none --vault notes --questions questions.jsonl"
        );
        eval.Add(EvalText.Create(terminal));
        eval.Add(EvalQa.Create(terminal));
        eval.Add(EvalSummaries.Create(terminal));
        eval.Add(EvalAnswers.Create(terminal));
        return eval;
    }
}
