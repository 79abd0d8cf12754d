using Edge.Inference.Tokenizers;

namespace Edge.Assistant.Writing;

/// <summary>The tokens of a vocabulary by their bytes: which of them a text begins with. Immutable.</summary>
internal sealed class TokenTrie
{
    private const int Root = 0;

    /// <summary>(node, byte) to the node below.</summary>
    private readonly Dictionary<long, int> below = [];

    /// <summary>(nodes): the last token that ends there, or -1.</summary>
    private readonly List<int> tokens = [-1];

    /// <summary>(vocab): another token with the same bytes, or -1.</summary>
    private readonly int[] same;

    /// <param name="skip">Tokens that are left out; those without bytes are, too.</param>
    public TokenTrie(Tokenizer tokenizer, Func<int, bool> skip)
    {
        same = new int[tokenizer.VocabSize];
        for (var id = 0; id < same.Length; id++)
        {
            var bytes = tokenizer.TokenBytes(id);
            if (!bytes.IsEmpty && !skip(id))
                Add(id, bytes);
        }
    }

    /// <summary>Adds every token that the text begins with, shorter ones first.</summary>
    public void Match(ReadOnlySpan<byte> text, List<(int Token, int Bytes)> found)
    {
        var node = Root;
        for (var i = 0; i < text.Length && below.TryGetValue(Edge(node, text[i]), out node); i++)
        {
            for (var token = tokens[node]; token >= 0; token = same[token])
                found.Add((token, i + 1));
        }
    }

    private void Add(int id, ReadOnlySpan<byte> bytes)
    {
        var node = Root;
        foreach (var value in bytes)
        {
            if (!below.TryGetValue(Edge(node, value), out var next))
            {
                next = tokens.Count;
                below.Add(Edge(node, value), next);
                tokens.Add(-1);
            }
            node = next;
        }
        same[id] = tokens[node];
        tokens[node] = id;
    }

    private static long Edge(int node, byte value) => ((long)node << 8) | value;
}
