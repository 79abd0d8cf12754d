namespace Edge.Training.Data;

/// <summary>Tokens of one example and where its answers stand, which are all that is judged.</summary>
/// <param name="Ids">Begin token, prompt, answer, end of turn; with follow-up questions, further turns.</param>
/// <param name="Answers">In <paramref name="Ids"/>: from the first token of an answer, 1 or more, to behind its end of turn;
/// in order.</param>
/// <param name="Source">As the data names it.</param>
internal sealed record Example(int[] Ids, (int Start, int End)[] Answers, string Source)
{
    /// <summary>With one answer, which ends the example.</summary>
    public Example(int[] ids, int answerStart, string source)
        : this(ids, [(answerStart, ids.Length)], source) { }

    /// <summary>Positions in a row: the last token is only a target.</summary>
    public int Positions => Ids.Length - 1;
}
