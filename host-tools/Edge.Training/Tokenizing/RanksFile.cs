using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Tokenizing;

/// <summary>A special token of an imported vocabulary.</summary>
/// <param name="Id">Null for the next free id after the ranks.</param>
public sealed record SpecialTokenAt(string Name, int? Id);

/// <summary>
/// Reads a vocabulary given by ranks, as the GPT models publish theirs: a line a token, its bytes in base64, a space, its
/// rank. The rank is the id, and the order of merging; which two tokens each was merged of is found by merging its
/// bytes with the lower ranks alone, until two are left.
/// </summary>
public static class RanksFile
{
    /// <summary>Of the file; GPT-4's has 1.7 MB.</summary>
    private const long BytesMax = 256L << 20;

    /// <exception cref="InvalidDataException">It is not such a file; the message says where.</exception>
    /// <exception cref="ArgumentException">A special token's id is taken.</exception>
    public static BytePairVocabulary Import(string path, SplitPattern pattern, IReadOnlyList<SpecialTokenAt> special)
    {
        SpecialTokenNames.Check(special.Select(token => token.Name));
        var texts = ReadRanks(path);
        var ranks = texts.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        var lookup = ranks.GetAlternateLookup<ReadOnlySpan<char>>();
        var tokens = new SortedDictionary<int, BytePairToken>();
        var cuts = new List<int>();
        foreach (var (rank, text) in texts)
        {
            var (left, right) = (-1, -1);
            if (text.Length > 1 && Halves(text, rank, lookup, cuts) is var middle and > 0)
                (left, right) = (lookup[text.AsSpan(0, middle)], lookup[text.AsSpan(middle)]);
            tokens.Add(rank, new BytePairToken(text, TokenType.Normal, left, right));
        }
        if (special.FirstOrDefault(token => ranks.ContainsKey(token.Name)) is { } taken)
            throw new ArgumentException($"{taken.Name} is an ordinary token of {path}, so it cannot be a special one");
        AddSpecial(tokens, special);
        FillGaps(tokens);
        return new BytePairVocabulary(pattern, [.. tokens.Values]) { AddBos = false };
    }

    /// <summary>Written form of each token by rank.</summary>
    private static SortedDictionary<int, string> ReadRanks(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > BytesMax } big)
            throw new InvalidDataException(
                $"{path} has {big.Length:N0} bytes; a file of ranks has at most {BytesMax:N0}"
            );
        var texts = new SortedDictionary<int, string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        var bytes = new byte[ModelLimits.TokenBytesMax];
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0)
                continue;
            var gap = line.IndexOf(' ', StringComparison.Ordinal);
            if (
                gap <= 0
                || gap / 4 * 3 > BytePairOptions.TokenBytesMax
                || Base64.DecodeFromUtf8(Encoding.UTF8.GetBytes(line[..gap]), bytes, out _, out var length)
                    != System.Buffers.OperationStatus.Done
                || length == 0
            )
                throw Bad(path, number, $"expected a token in base64 and its rank, found \"{Printable.Show(line)}\"");
            if (
                !int.TryParse(line.AsSpan(gap + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
                || rank >= ModelLimits.VocabMax
            )
                throw Bad(
                    path,
                    number,
                    $"expected a rank below {ModelLimits.VocabMax:N0}, found \"{Printable.Show(line[(gap + 1)..])}\""
                );
            var text = string.Concat(bytes.Take(length).Select(ByteAlphabet.CharOf));
            if (!seen.Add(text))
                throw Bad(path, number, "this token stood there before");
            if (!texts.TryAdd(rank, text))
                throw Bad(path, number, $"the rank {rank:N0} stood there before");
        }
        for (var value = 0; value < 256; value++)
        {
            if (!seen.Contains(ByteAlphabet.CharOf((byte)value).ToString()))
                throw new InvalidDataException(
                    $"{path}: no token stands for the byte 0x{value:X2}; a byte-level vocabulary has all 256. Is it a file of ranks, and whole?"
                );
        }
        return texts;
    }

    /// <summary>
    /// Where the token divides into the two it was merged of; 0 when lower ranks do not merge its bytes to two.
    /// </summary>
    /// <param name="cuts">Scratch.</param>
    private static int Halves(
        string text,
        int rank,
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ranks,
        List<int> cuts
    )
    {
        cuts.Clear();
        cuts.AddRange(Enumerable.Range(0, text.Length + 1));
        while (cuts.Count > 3)
        {
            var (best, at) = (rank, -1);
            for (var i = 0; i + 2 < cuts.Count; i++)
            {
                if (ranks.TryGetValue(text.AsSpan(cuts[i], cuts[i + 2] - cuts[i]), out var found) && found < best)
                    (best, at) = (found, i);
            }
            if (at < 0)
                return 0;
            cuts.RemoveAt(at + 1);
        }
        return cuts[1];
    }

    private static void AddSpecial(SortedDictionary<int, BytePairToken> tokens, IReadOnlyList<SpecialTokenAt> special)
    {
        foreach (var token in special.OrderBy(token => token.Id is null))
        {
            var id = token.Id ?? tokens.Keys.Last() + 1;
            if (id >= ModelLimits.VocabMax)
                throw new ArgumentException($"{token.Name}: ids are below {ModelLimits.VocabMax:N0}, got {id:N0}");
            if (!tokens.TryAdd(id, new BytePairToken(token.Name, TokenType.Control)))
                throw new ArgumentException(
                    $"{token.Name} cannot have the id {id:N0}: that is {TokenText.Show(tokens[id])}"
                );
        }
    }

    /// <summary>GPT-4 has no token 100,256; GGUF has no gaps.</summary>
    private static void FillGaps(SortedDictionary<int, BytePairToken> tokens)
    {
        for (var id = tokens.Keys.Last(); id >= 0; id--)
            tokens.TryAdd(id, new BytePairToken($"<|unused_{id}|>", TokenType.Unused));
    }

    private static InvalidDataException Bad(string path, int line, string trouble) =>
        new($"{path}, line {line:N0}: {trouble}. Is it a file of ranks (.tiktoken), and whole?");
}
