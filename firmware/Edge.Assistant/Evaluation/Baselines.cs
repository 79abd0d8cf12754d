using Edge.Assistant.Writing;

namespace Edge.Assistant.Evaluation;

/// <summary>What a model must beat: sentences of the text, chosen without one.</summary>
public static class Baselines
{
    /// <summary>The sentence that <see cref="SentenceRank"/> puts first for the question, the first among equals. It never
    /// refuses; it is empty only when the context has no sentence.</summary>
    public static string BestSentence(string context, string question)
    {
        var sentences = SentenceRank.Sentences(context);
        if (sentences.Count == 0)
            return "";
        var scores = SentenceRank.Scores(sentences.ConvertAll(range => context[range]), question);
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
        }
        return context[sentences[best]];
    }

    /// <summary>The first sentence of the first line that has one: for titles, too.</summary>
    public static string Lead(string text)
    {
        var sentences = SentenceRank.Sentences(text);
        return sentences.Count > 0 ? text[sentences[0]] : "";
    }
}
