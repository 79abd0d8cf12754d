using System.Globalization;
using System.Text;
using Edge.Assistant.Writing;

namespace Edge.Assistant.Council;

/// <summary>The disagreement of a council as lines for people.</summary>
public static class CouncilText
{
    /// <summary>A block for each answer: who gave it, what it is, and what each model thinks of it.</summary>
    public static IEnumerable<string> Lines(IEnumerable<CouncilVoice> voices)
    {
        foreach (var voice in voices)
        {
            yield return $"{voice.Model}: {voice.Answer.ReplaceLineEndings(" / ")}";
            yield return "    " + Judged(voice);
        }
    }

    private static string Judged(CouncilVoice voice)
    {
        if (voice.Mean is not { } mean)
            return voice.Answer == TaskPrompt.Refusal ? "found no answer in the passages" : "no model judged it";
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{mean:0.00} nats a token");
        if (voice.Scores.Count > 1)
            line.Append(" (")
                .AppendJoin(
                    ", ",
                    voice.Scores.Select(score =>
                        string.Create(CultureInfo.InvariantCulture, $"{score.Key} {score.Value:0.00}")
                    )
                )
                .Append(')');
        return line.ToString();
    }
}
