using System.Text;
using Edge.Inference.Tokenizers;
using Edge.Training.Tokenizing;

namespace Edge.Training.Tests.Tokenizing;

/// <summary>The definition of what the trainer computes, as slow as it is plain: counts everything again for each merge.</summary>
internal static class NaiveBytePairs
{
    public static List<(int Left, int Right, long Times)> Train(
        IEnumerable<string> documents,
        SplitPattern pattern,
        int mergesMax
    )
    {
        var words = documents.SelectMany(text => Split(text, pattern)).ToList();
        var bytes = Enumerable.Range(0, 256).Select(b => new[] { (byte)b }).ToList();
        var merges = new List<(int, int, long)>();
        while (merges.Count < mergesMax)
        {
            var counts = new Dictionary<(int Left, int Right), long>();
            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                    counts[(word[i], word[i + 1])] = counts.GetValueOrDefault((word[i], word[i + 1])) + 1;
            }
            var best = counts
                .Where(pair =>
                    !bytes.Any(known => known.SequenceEqual([.. bytes[pair.Key.Left], .. bytes[pair.Key.Right]]))
                )
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left)
                .ThenBy(pair => pair.Key.Right)
                .Select(pair => ((int Left, int Right, long Times)?)(pair.Key.Left, pair.Key.Right, pair.Value))
                .FirstOrDefault();
            if (best is not { } merge)
                break;
            foreach (var word in words)
                Replace(word, merge.Left, merge.Right, bytes.Count);
            bytes.Add([.. bytes[merge.Left], .. bytes[merge.Right]]);
            merges.Add(merge);
        }
        return merges;
    }

    /// <summary>Encodes one word by the definition: the earliest merge that applies, wherever it does, from the left.</summary>
    public static List<int> Encode(
        string text,
        SplitPattern pattern,
        IReadOnlyList<(int Left, int Right, long Times)> merges
    )
    {
        var words = Split(text, pattern).ToList();
        for (var i = 0; i < merges.Count; i++)
        {
            foreach (var word in words)
                Replace(word, merges[i].Left, merges[i].Right, 256 + i);
        }
        return [.. words.SelectMany(word => word)];
    }

    private static IEnumerable<List<int>> Split(string text, SplitPattern pattern)
    {
        var start = 0;
        foreach (var end in PreTokenizer.Find(pattern.PreName())!.Split(text))
        {
            yield return [.. Encoding.UTF8.GetBytes(text[start..end]).Select(b => (int)b)];
            start = end;
        }
    }

    private static void Replace(List<int> word, int left, int right, int symbol)
    {
        for (var i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != left || word[i + 1] != right)
                continue;
            word[i] = symbol;
            word.RemoveAt(i + 1);
        }
    }
}
