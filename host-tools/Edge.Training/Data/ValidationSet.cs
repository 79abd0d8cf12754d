namespace Edge.Training.Data;

/// <summary>The judged rows of one source.</summary>
/// <param name="Source">An entry's file, or "qa" or "summaries" and the source that the item names.</param>
/// <param name="Targets">Positions that are judged.</param>
/// <param name="Bytes">UTF-8 bytes of the text that the judged targets stand for.</param>
public sealed record ValidationPart(string Source, IReadOnlyList<Batch> Batches, long Targets, long Bytes);

/// <summary>
/// A fixed list of rows to judge a model by. Bits per byte = sum of -ln p over the judged targets / ln 2 / bytes. In
/// documents only text is judged; the token that ends an answer is judged too, though it stands for no bytes.
/// </summary>
public sealed record ValidationSet(IReadOnlyList<ValidationPart> Parts)
{
    public long Targets => Parts.Sum(part => part.Targets);

    public long Bytes => Parts.Sum(part => part.Bytes);
}
