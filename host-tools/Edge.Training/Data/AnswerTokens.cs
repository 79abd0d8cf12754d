using System.Runtime.InteropServices;
using Edge.Assistant.Writing;

namespace Edge.Training.Data;

/// <summary>
/// How an answer is written in tokens: as in the passage, so that copying it is copying tokens. There a word mostly carries
/// the space before it, and then the answer begins with that space; a program that shows the answer trims it. The refusal
/// is written without a space: its first token is no answer's first token.
/// </summary>
internal static class AnswerTokens
{
    /// <param name="answer">Null for the refusal.</param>
    /// <param name="prompt">Tokens with the passage in them.</param>
    public static List<int> Of(string? answer, string passage, List<int> prompt, CachedEncoder encoder)
    {
        if (answer is null)
            return encoder.Encode(TaskPrompt.Refusal);
        var spaced = encoder.Encode(" " + answer);
        if (Contains(prompt, spaced))
            return spaced;
        var plain = encoder.Encode(answer);
        if (Contains(prompt, plain))
            return plain;
        var at = passage.IndexOf(answer, StringComparison.Ordinal);
        return at > 0 && passage[at - 1] == ' ' ? spaced : plain;
    }

    /// <summary>Whether the tokens stand in the prompt one after the other.</summary>
    public static bool Contains(List<int> prompt, List<int> tokens) =>
        CollectionsMarshal.AsSpan(prompt).IndexOf(CollectionsMarshal.AsSpan(tokens)) >= 0;
}
