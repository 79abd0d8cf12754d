using System.Text;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Tokenizing;

/// <summary>A merge that training chose: the symbols 0 to 255 are the bytes, 256 the first merge, and so on.</summary>
/// <param name="Times">How often the pair stood in the text when it was merged, overlaps counted ("aaa" has "aa" twice).</param>
internal readonly record struct Merge(int Left, int Right, long Times);

/// <summary>
/// Byte-pair merging over the distinct words of a corpus. All words lie in one array of cells, so that a merge visits
/// only the places where its pair stands and corrects the counts of the pairs beside it; nothing is scanned again.
/// <code>
/// "aab" 3 times, then aa merged:   | a a b |   ->   | Z ~2 b |      | is Boundary, ~2 says: a symbol of 2 cells ends here
/// </code>
/// A pair gets all its places in the one step that makes the later of its two symbols, and only loses some afterwards:
/// so a count in the heap can be too high but never too low, and is corrected when it comes up.
/// </summary>
internal sealed class PairMerger
{
    private const int Boundary = int.MinValue;

    // A cell holds the symbol that starts there, or in the last cell of a longer one ~length; inside, anything below 0.
    private readonly int[] cells;
    private readonly uint[] times; // How often the word around a cell stands in the corpus.
    private readonly List<int> lengths = [.. Enumerable.Repeat(1, 256)]; // Bytes of each symbol.
    private readonly List<string> texts = [.. Enumerable.Range(0, 256).Select(b => $"{ByteAlphabet.CharOf((byte)b)}")];
    private readonly HashSet<string> taken;
    private readonly Dictionary<ulong, Pair> pairs = [];
    private readonly PriorityQueue<Pair, Rank> heap = new(Comparer<Rank>.Create(Rank.Compare));

    // The pairs that the step makes, by the neighbour: (neighbour, new symbol) and (new symbol, neighbour).
    private readonly Pair?[] before;
    private readonly Pair?[] after;
    private readonly List<int> neighboursBefore = [];
    private readonly List<int> neighboursAfter = [];

    /// <param name="mergesMax">Merges that will be asked for.</param>
    /// <param name="reserved">Written forms that no merge may produce.</param>
    /// <exception cref="InvalidDataException">The words are too many or too frequent to count.</exception>
    public PairMerger(WordTable words, int mergesMax, IEnumerable<string> reserved)
    {
        taken = [.. texts, .. reserved];
        before = new Pair?[256 + mergesMax];
        after = new Pair?[256 + mergesMax];
        (cells, times) = LayOut(words);
        FindPairs();
    }

    /// <summary>
    /// The next merge: the pair that stands most often; among equals the one whose left symbol was made first, then whose
    /// right one was. Null when nothing is left to merge.
    /// </summary>
    public Merge? Next()
    {
        while (heap.TryDequeue(out var pair, out var rank))
        {
            if (pair.Times == 0)
                continue;
            if (pair.Times != rank.Times)
            {
                heap.Enqueue(pair, new Rank(pair));
                continue;
            }
            var text = texts[pair.Left] + texts[pair.Right];
            // One text, one token: a second way to the same bytes is passed over.
            if (text.Length > BytePairOptions.TokenBytesMax || !taken.Add(text))
                continue;
            var merge = new Merge(pair.Left, pair.Right, pair.Times);
            Apply(pair, text);
            return merge;
        }
        return null;
    }

    private static (int[] Cells, uint[] Times) LayOut(WordTable words)
    {
        var longest = 0;
        var bytes = 1L;
        for (var i = 0; i < words.Count; i++)
        {
            longest = Math.Max(longest, words[i].Length);
            bytes += Encoding.UTF8.GetByteCount(words.Word(i)) + 1;
        }
        if (bytes > Array.MaxLength)
            throw new InvalidDataException(
                $"the different words of this text have {bytes:N0} bytes, more than the {Array.MaxLength:N0} that Edge merges: train on a sample"
            );
        var cells = new int[bytes];
        var times = new uint[bytes];
        var utf8 = new byte[3 * longest];
        var at = 0;
        cells[at++] = Boundary;
        for (var i = 0; i < words.Count; i++)
        {
            var count = words[i].Times;
            if (count > uint.MaxValue)
                throw new InvalidDataException(
                    $"one word stands {count:N0} times in this text, more often than Edge counts: train on a sample"
                );
            var length = Encoding.UTF8.GetBytes(words.Word(i), utf8);
            for (var j = 0; j < length; j++)
                cells[at + j] = utf8[j];
            times.AsSpan(at, length).Fill((uint)count);
            at += length;
            cells[at++] = Boundary;
        }
        return (cells, times);
    }

    private void FindPairs()
    {
        var places = new int[1 << 16];
        for (var i = 1; i < cells.Length; i++)
        {
            if (cells[i] >= 0 && cells[i - 1] >= 0)
                places[(cells[i - 1] << 8) | cells[i]]++;
        }
        var byBytes = new Pair?[1 << 16];
        for (var i = 1; i < cells.Length; i++)
        {
            if (cells[i] < 0 || cells[i - 1] < 0)
                continue;
            var index = (cells[i - 1] << 8) | cells[i];
            var pair = byBytes[index] ??= new Pair(cells[i - 1], cells[i], places[index]);
            pair.Add(i - 1, times[i - 1]);
        }
        foreach (var pair in byBytes)
            AddPair(pair);
    }

    private void AddPair(Pair? pair)
    {
        if (pair is null || pair.Times == 0)
            return;
        pairs.Add(pair.Key, pair);
        heap.Enqueue(pair, new Rank(pair));
    }

    private void Apply(Pair pair, string text)
    {
        var symbol = lengths.Count;
        lengths.Add(text.Length);
        texts.Add(text);
        pairs.Remove(pair.Key);

        // Places are in ascending order, as the pair was found from left to right; so "aaa" is merged from the left.
        foreach (var place in pair.Places)
            JoinAt(place, pair, symbol);
        pair.Clear();

        // Each neighbour now stands beside the new symbol, and no longer beside the half it touched before.
        // Those after it first: those before may take from their counts ("abab": "Za" came and went).
        foreach (var neighbour in neighboursAfter)
            Lose(pair.Right, neighbour, symbol, after[neighbour]!.Times);
        foreach (var neighbour in neighboursBefore)
            Lose(neighbour, pair.Left, symbol, before[neighbour]!.Times);
        foreach (var neighbour in neighboursBefore)
            AddPair(before[neighbour]);
        foreach (var neighbour in neighboursAfter)
            AddPair(after[neighbour]);

        neighboursBefore.ForEach(neighbour => before[neighbour] = null);
        neighboursAfter.ForEach(neighbour => after[neighbour] = null);
        neighboursBefore.Clear();
        neighboursAfter.Clear();
    }

    private void JoinAt(int place, Pair pair, int symbol)
    {
        var middle = place + lengths[pair.Left];
        if (cells[place] != pair.Left || cells[middle] != pair.Right)
            return; // Taken by another merge since.
        var end = middle + lengths[pair.Right];
        cells[middle] = -1;
        cells[place] = symbol;
        cells[end - 1] = ~(end - place);

        var weight = times[place];
        if (cells[place - 1] != Boundary)
        {
            var start = cells[place - 1] >= 0 ? place - 1 : place - ~cells[place - 1];
            var left = cells[start];
            if (before[left] is null)
            {
                before[left] = new Pair(left, symbol, 4);
                neighboursBefore.Add(left);
            }
            before[left]!.Add(start, weight);
        }
        if (cells[end] != Boundary)
        {
            var right = cells[end];
            if (after[right] is null)
            {
                after[right] = new Pair(symbol, right, 4);
                neighboursAfter.Add(right);
            }
            after[right]!.Add(place, weight);
        }
    }

    /// <summary>Takes the count off the pair, which may be one that this very step made, or the merged one, which is gone.</summary>
    private void Lose(int left, int right, int symbol, long count)
    {
        if (left == symbol)
        {
            if (after[right] is { } fresh)
                fresh.Lose(count);
        }
        else if (pairs.TryGetValue(((ulong)(uint)left << 32) | (uint)right, out var pair))
        {
            pair.Lose(count);
            if (pair.Times == 0)
            {
                pairs.Remove(pair.Key);
                pair.Clear();
            }
        }
    }

    private readonly record struct Rank(long Times, ulong Key)
    {
        public Rank(Pair pair)
            : this(pair.Times, pair.Key) { }

        public static int Compare(Rank a, Rank b) =>
            a.Times != b.Times ? b.Times.CompareTo(a.Times) : a.Key.CompareTo(b.Key);
    }

    /// <summary>Two neighbouring symbols, and where they stand; places that other merges took are still in the list.</summary>
    private sealed class Pair(int left, int right, int capacity)
    {
        private int[] places = new int[capacity];
        private int count;

        public int Left => left;

        public int Right => right;

        public long Times { get; private set; }

        public ulong Key => ((ulong)(uint)left << 32) | (uint)right;

        public ReadOnlySpan<int> Places => places.AsSpan(0, count);

        public void Add(int place, uint weight)
        {
            if (count == places.Length)
                Array.Resize(ref places, (int)Math.Min(2L * count, Array.MaxLength));
            places[count++] = place;
            Times += weight;
        }

        public void Lose(long weight) => Times -= weight;

        public void Clear()
        {
            (places, count, Times) = ([], 0, 0);
        }
    }
}
