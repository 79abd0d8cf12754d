namespace Edge.Training.Data;

/// <summary>A stretch of a store that is read as one document.</summary>
internal readonly record struct DocumentSlice(TokenStore Store, long From, int Length);

/// <summary>
/// Documents one after the other, each begun with the begin token, cut into rows; a document may go on in another row.
/// Each pass has its own order of documents and of rows, and begins its first row somewhere else.
/// </summary>
internal sealed class DocumentRows : IRowSource
{
    private readonly DocumentSlice[] documents;
    private readonly int length;
    private readonly int begin;
    private readonly int end;
    private readonly ulong seed;
    private readonly int[] scratch;
    private readonly Pass?[] passes = new Pass?[2];
    private readonly long tokens;
    private readonly int rows;

    /// <param name="documents">One or more, none empty.</param>
    /// <param name="end">The target of a document's last token.</param>
    public DocumentRows(DocumentSlice[] documents, int length, int begin, int end, ulong seed)
    {
        (this.documents, this.length, this.begin, this.end, this.seed) = (documents, length, begin, end, seed);
        scratch = new int[length + 1];
        foreach (var document in documents)
            tokens += document.Length + 1L;
        rows = (int)Math.Clamp(tokens / length, 1, int.MaxValue);
    }

    /// <summary>Of one pass, with the begin tokens.</summary>
    public long Tokens => tokens;

    public double RowsPerEpoch => (double)tokens / length;

    /// <param name="Ends">Where each document of the order ends in the pass, begin tokens counted.</param>
    private sealed record Pass(long Number, int[] Order, long[] Ends, int[] Rows, long Offset);

    public void Fill(long row, Span<int> inputs, Span<int> targets, Span<int> starts, Span<float> weights)
    {
        weights.Fill(1);
        var pass = PassOf(row / rows);
        var position = pass.Offset + ((long)pass.Rows[(int)(row % rows)] * length);
        var at = Find(pass, position % tokens);
        var start = 0;
        var tail = scratch.AsSpan();
        var filled = 0;
        // A pass shorter than a row goes round.
        for (var from = position % tokens; filled < tail.Length; at = (at + 1) % documents.Length)
        {
            var document = documents[pass.Order[at]];
            var skip = from - (pass.Ends[at] - document.Length - 1L);
            var first = filled;
            if (skip == 0)
            {
                tail[filled++] = begin;
                skip = 1;
            }
            var count = (int)Math.Min(tail.Length - filled, document.Length + 1L - skip);
            document.Store.Copy(document.From + skip - 1, tail.Slice(filled, count));
            filled += count;
            start = first;
            for (var i = first; i < Math.Min(filled, length); i++)
            {
                inputs[i] = tail[i];
                starts[i] = start;
            }
            for (var i = Math.Max(first, 1); i < filled; i++)
                targets[i - 1] = i == first && tail[i] == begin ? end : tail[i];
            from = pass.Ends[at] % tokens;
        }
    }

    /// <summary>The document that holds a position of the pass.</summary>
    private static int Find(Pass pass, long position)
    {
        var at = Array.BinarySearch(pass.Ends, position + 1);
        return at >= 0 ? at : ~at;
    }

    private Pass PassOf(long number)
    {
        ref var held = ref passes[number & 1];
        if (held?.Number == number)
            return held;
        var draw = new Draw(seed, (ulong)number);
        var order = draw.Permutation(documents.Length);
        var ends = new long[order.Length];
        var sum = 0L;
        for (var i = 0; i < order.Length; i++)
            ends[i] = sum += documents[order[i]].Length + 1L;
        var offset = tokens > (long)rows * length ? draw.Below(tokens - ((long)rows * length) + 1) : 0;
        return held = new Pass(number, order, ends, draw.Permutation(rows), offset);
    }
}
