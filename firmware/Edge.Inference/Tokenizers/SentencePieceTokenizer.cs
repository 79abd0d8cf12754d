using System.Globalization;
using System.Text;

namespace Edge.Inference.Tokenizers;

/// <param name="Space">How the vocabulary writes a space: "▁", or " " in llama2.c files.</param>
/// <param name="AddSpacePrefix">A space goes before a text, so that its first word is spelled like any other.</param>
internal sealed record SentencePieceOptions(string Space, bool AddSpacePrefix);

/// <summary>
/// Starts from single characters and joins, again and again, the two neighbours whose joint token has the best score,
/// the leftmost among equals. Characters without a token become byte tokens.
/// </summary>
internal sealed class SentencePieceTokenizer : VocabularyTokenizer
{
    private readonly float[] scores;
    private readonly byte[] space;
    private readonly ByteTable pieces = new();
    private readonly int[] byteIds = new int[256];
    private readonly int longestPiece;

    /// <param name="scores">One for each token, finite.</param>
    public SentencePieceTokenizer(
        Vocabulary vocabulary,
        float[] scores,
        SpecialIds special,
        SentencePieceOptions options
    )
        : base(vocabulary, special)
    {
        this.scores = scores;
        space = Encoding.UTF8.GetBytes(options.Space);
        AddsSpacePrefix = options.AddSpacePrefix;
        Array.Fill(byteIds, -1);
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var type = vocabulary.Type(id);
            var text = vocabulary.Text(id);
            // Text must never turn into a control token, nor spell a byte token letter by letter.
            if (type is TokenType.Normal or TokenType.UserDefined or TokenType.Unused && text.Length > 0)
            {
                pieces.TryAdd(text, id);
                longestPiece = Math.Max(longestPiece, text.Length);
            }
            AddTokenBytes(BytesOf(id, type, text));
        }
    }

    public override bool AddsSpacePrefix { get; }

    /// <summary>The value of a token written "&lt;0x0A&gt;"; false for any other text.</summary>
    public static bool TryParseByte(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        return text.Length == 6
            && text.StartsWith("<0x"u8)
            && text[5] == (byte)'>'
            && byte.TryParse(text[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    protected override void EncodeText(ReadOnlySpan<char> text, List<int> ids)
    {
        var utf8 = Escape(text);
        var symbols = new SymbolChain(utf8);
        var queue = new PriorityQueue<(int Left, int Right, int Bytes), ulong>(symbols.Count);
        for (var left = 0; left + 1 < symbols.Count; left++)
            Consider(utf8, symbols, queue, left, left + 1);

        while (queue.TryDequeue(out var pair, out _))
        {
            // Symbols only grow or vanish: equal bytes mean that neither changed since the pair was queued.
            var (left, right) = (pair.Left, pair.Right);
            if (symbols.Length[left] == 0 || symbols.Length[right] == 0)
                continue;
            if (symbols.Length[left] + symbols.Length[right] != pair.Bytes)
                continue;
            symbols.Join(left, right);
            Consider(utf8, symbols, queue, symbols.Previous[left], left);
            Consider(utf8, symbols, queue, left, symbols.Next[left]);
        }

        for (var i = 0; i >= 0; i = symbols.Next[i])
            Emit(utf8.Slice(symbols.Start[i], symbols.Length[i]), ids);
    }

    private ReadOnlySpan<byte> Escape(ReadOnlySpan<char> text)
    {
        // No character and no space takes more than three bytes.
        var utf8 = new byte[(3 * (text.Length + 1)) + 3];
        var length = 0;
        if (AddsSpacePrefix)
            Append(space);
        while (true)
        {
            var gap = text.IndexOf(' ');
            length += Encoding.UTF8.GetBytes(gap < 0 ? text : text[..gap], utf8.AsSpan(length));
            if (gap < 0)
                return utf8.AsSpan(0, length);
            Append(space);
            text = text[(gap + 1)..];
        }

        void Append(byte[] bytes)
        {
            bytes.CopyTo(utf8, length);
            length += bytes.Length;
        }
    }

    /// <summary>Queues the pair when the two make a token; -1 for either side is the end of the text.</summary>
    private void Consider(
        ReadOnlySpan<byte> utf8,
        SymbolChain symbols,
        PriorityQueue<(int Left, int Right, int Bytes), ulong> queue,
        int left,
        int right
    )
    {
        if (left < 0 || right < 0)
            return;
        var bytes = symbols.Length[left] + symbols.Length[right];
        if (bytes > longestPiece)
            return;
        var id = pieces.Find(utf8.Slice(symbols.Start[left], bytes));
        if (id >= 0)
            queue.Enqueue((left, right, bytes), Priority(scores[id], left));
    }

    /// <summary>Smaller comes first: higher score, then further left.</summary>
    private static ulong Priority(float score, int left)
    {
        var bits = BitConverter.SingleToUInt32Bits(score + 0f); // -0 becomes 0.
        var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~ascending << 32) | (uint)left;
    }

    private void Emit(ReadOnlySpan<byte> symbol, List<int> ids)
    {
        var id = pieces.Find(symbol);
        if (id >= 0)
        {
            ids.Add(id);
            return;
        }
        var unknown = false;
        foreach (var value in symbol)
        {
            if (byteIds[value] >= 0)
                ids.Add(byteIds[value]);
            else
                unknown = true;
        }
        if (unknown && UnknownId is { } unknownId)
            ids.Add(unknownId);
    }

    private ReadOnlySpan<byte> BytesOf(int id, TokenType type, ReadOnlySpan<byte> text)
    {
        switch (type)
        {
            case TokenType.Control:
                return [];
            case TokenType.Unknown:
                return "\uFFFD"u8;
            case TokenType.Byte when TryParseByte(text, out var value):
                if (byteIds[value] < 0)
                    byteIds[value] = id;
                return new byte[] { value };
            default:
                return Unescape(text);
        }
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (space.Length == 1 || text.IndexOf(space) < 0)
            return text;
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Replace("▁", " ", StringComparison.Ordinal));
    }

    /// <summary>The symbols of one text as a doubly linked list; -1 ends it on both sides.</summary>
    private sealed class SymbolChain
    {
        public SymbolChain(ReadOnlySpan<byte> utf8)
        {
            foreach (var value in utf8)
                Count += IsFirst(value) ? 1 : 0;
            (Start, Length, Previous, Next) = (new int[Count], new int[Count], new int[Count], new int[Count]);
            var index = -1;
            for (var at = 0; at < utf8.Length; at++)
            {
                if (IsFirst(utf8[at]))
                {
                    index++;
                    Start[index] = at;
                    Previous[index] = index - 1;
                    Next[index] = index + 1 < Count ? index + 1 : -1;
                }
                Length[index]++;
            }
        }

        public int Count { get; }

        public int[] Start { get; }

        /// <summary>Bytes; 0 for a symbol that was joined to its left neighbour.</summary>
        public int[] Length { get; }

        public int[] Previous { get; }

        public int[] Next { get; }

        public void Join(int left, int right)
        {
            Length[left] += Length[right];
            Length[right] = 0;
            Next[left] = Next[right];
            if (Next[right] >= 0)
                Previous[Next[right]] = left;
        }

        private static bool IsFirst(byte value) => (value & 0xC0) != 0x80;
    }
}
