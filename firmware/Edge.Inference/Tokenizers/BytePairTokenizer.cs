using System.Text;

namespace Edge.Inference.Tokenizers;

/// <summary>
/// Splits a text into words, starts from single bytes and joins, again and again, the two neighbours whose pair comes
/// first in the vocabulary's list of merges, the leftmost among equals.
/// </summary>
internal sealed class BytePairTokenizer : VocabularyTokenizer
{
    private readonly PreTokenizer words;
    private readonly bool wholeWordsFirst;
    private readonly ByteTable symbols = new();
    private readonly ByteList extraSymbols = new(); // Symbols that merges make but the vocabulary lacks.
    private readonly Dictionary<ulong, (int Rank, int Symbol)> merges = [];
    private readonly int[] byteSymbols = new int[256];

    /// <param name="wholeWordsFirst">A word that is a token is taken whole, whatever the merges say (Llama 3).</param>
    public BytePairTokenizer(Vocabulary vocabulary, SpecialIds special, PreTokenizer words, bool wholeWordsFirst)
        : base(vocabulary, special)
    {
        this.words = words;
        this.wholeWordsFirst = wholeWordsFirst;
        Span<byte> scratch = new byte[ModelLimits.TokenBytesMax];
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var text = vocabulary.Text(id);
            switch (vocabulary.Type(id))
            {
                case TokenType.Control:
                    AddTokenBytes([]);
                    break;
                case TokenType.Unknown:
                    AddTokenBytes("\uFFFD"u8);
                    break;
                case TokenType.UserDefined:
                    AddTokenBytes(text);
                    break;
                case var _ when ByteAlphabet.TryDecode(text, scratch, out var length):
                    if (length > 0)
                        symbols.TryAdd(scratch[..length], id);
                    AddTokenBytes(scratch[..length]);
                    break;
                default:
                    AddTokenBytes(text);
                    break;
            }
        }
        for (var value = 0; value < 256; value++)
            byteSymbols[value] = SymbolOf([(byte)value]);
    }

    public override bool AddsSpacePrefix => false;

    /// <summary>Adds the next merge: earlier ones win. False when the text is not two tokens with a space between.</summary>
    public bool TryAddMerge(ReadOnlySpan<byte> text)
    {
        var gap = text.Length < 3 ? -1 : text[1..].IndexOf((byte)' ') + 1;
        if (gap < 1 || gap == text.Length - 1)
            return false;
        Span<byte> joint = text.Length <= 512 ? stackalloc byte[text.Length] : new byte[text.Length];
        if (!ByteAlphabet.TryDecode(text[..gap], joint, out var left))
            return false;
        if (!ByteAlphabet.TryDecode(text[(gap + 1)..], joint[left..], out var right))
            return false;
        var pair = Pair(SymbolOf(joint[..left]), SymbolOf(joint.Slice(left, right)));
        merges.TryAdd(pair, (merges.Count, SymbolOf(joint[..(left + right)])));
        return true;
    }

    protected override void EncodeText(ReadOnlySpan<char> text, List<int> ids)
    {
        var word = new Word(this);
        var utf8 = new byte[256];
        var start = 0;
        foreach (var end in words.Split(text))
        {
            var chars = text[start..end];
            start = end;
            if (utf8.Length < 3 * chars.Length)
                utf8 = new byte[3 * chars.Length];
            var bytes = utf8.AsSpan(0, Encoding.UTF8.GetBytes(chars, utf8));
            var whole = wholeWordsFirst ? symbols.Find(bytes) : -1;
            if (whole >= 0 && whole < VocabSize)
                ids.Add(whole);
            else
                word.Encode(bytes, ids);
        }
    }

    /// <summary>The id of the token with these bytes; beyond the vocabulary for one that only merges know.</summary>
    private int SymbolOf(ReadOnlySpan<byte> bytes)
    {
        var symbol = symbols.Find(bytes);
        if (symbol >= 0)
            return symbol;
        symbol = VocabSize + extraSymbols.Count;
        extraSymbols.Add(bytes);
        symbols.TryAdd(bytes, symbol);
        return symbol;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private void Emit(int symbol, List<int> ids)
    {
        if (symbol < VocabSize)
        {
            ids.Add(symbol);
            return;
        }
        foreach (var value in extraSymbols[symbol - VocabSize])
        {
            if (byteSymbols[value] < VocabSize)
                ids.Add(byteSymbols[value]);
            else if (UnknownId is { } unknown)
                ids.Add(unknown);
        }
    }

    /// <summary>The state of merging one word; its arrays serve all words of one text.</summary>
    private sealed class Word(BytePairTokenizer owner)
    {
        private readonly PriorityQueue<Candidate, ulong> queue = new();
        private int[] symbol = new int[64];
        private int[] previous = new int[64];
        private int[] next = new int[64];

        public void Encode(ReadOnlySpan<byte> bytes, List<int> ids)
        {
            if (bytes.Length > symbol.Length)
                (symbol, previous, next) = (new int[bytes.Length], new int[bytes.Length], new int[bytes.Length]);
            for (var i = 0; i < bytes.Length; i++)
            {
                symbol[i] = owner.byteSymbols[bytes[i]];
                previous[i] = i - 1;
                next[i] = i + 1 < bytes.Length ? i + 1 : -1;
            }
            for (var i = 0; i + 1 < bytes.Length; i++)
                Consider(i, i + 1);

            while (queue.TryDequeue(out var pair, out var priority))
            {
                var (left, right) = ((int)(uint)priority, pair.Right);
                // A pair is out of date when either side was merged since. Merged away is symbol -1.
                if (symbol[left] != pair.LeftSymbol || symbol[right] != pair.RightSymbol || next[left] != right)
                    continue;
                symbol[left] = pair.Joint;
                symbol[right] = -1;
                next[left] = next[right];
                if (next[right] >= 0)
                    previous[next[right]] = left;
                Consider(previous[left], left);
                Consider(left, next[left]);
            }

            for (var i = 0; i >= 0; i = next[i])
                owner.Emit(symbol[i], ids);
        }

        private void Consider(int left, int right)
        {
            if (left < 0 || right < 0)
                return;
            if (owner.merges.TryGetValue(Pair(symbol[left], symbol[right]), out var merge))
                queue.Enqueue(
                    new Candidate(right, symbol[left], symbol[right], merge.Symbol),
                    ((ulong)(uint)merge.Rank << 32) | (uint)left
                );
        }

        private readonly record struct Candidate(int Right, int LeftSymbol, int RightSymbol, int Joint);
    }
}
