namespace Edge.Training.Data;

/// <summary>Tokens of one example and where its answer begins, which is all that is judged.</summary>
/// <param name="Ids">Begin token, prompt, answer, end of turn.</param>
/// <param name="AnswerStart">Index in <paramref name="Ids"/> of the first token of the answer, 1 or more.</param>
/// <param name="Source">As the data names it.</param>
internal sealed record Example(int[] Ids, int AnswerStart, string Source)
{
    /// <summary>Positions in a row: the last token is only a target.</summary>
    public int Positions => Ids.Length - 1;
}
