using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// Looks for the stretch of a passage that a model is likeliest to say next, places weighed by a prior. Beginnings of
/// answers are nodes; a node holds every place of the passage that spells it. A log probability only falls as an answer gets longer, so the likeliest
/// open node is always continued next, and the search is over when none is likelier than the best whole answer. First
/// it goes down greedily, so that there is a good answer to compare with. Each pass of the model also computes the tokens
/// that follow in the passage: copying mostly goes on.
/// </summary>
internal sealed class GroundedSearch
{
    /// <summary>Tokens that are guessed in one pass.</summary>
    private const int GuessesMax = 5;

    /// <summary>Longer tokens are not looked for at the beginning of an answer.</summary>
    private const int FirstTokenBytesMax = 64;

    private readonly ILanguageModel model;
    private readonly GroundedOptions options;
    private readonly TokenTrie trie;
    private readonly int[] ends;
    private readonly int vocab;
    private readonly float[] logits;
    private readonly float[] scratch;
    private readonly List<(int Token, int Bytes)> matches = [];

    // Of the search in progress.
    private readonly PriorityQueue<Node, (double, int)> open = new();
    private readonly Dictionary<string, GroundedSpan> found = new(StringComparer.Ordinal);
    private GroundedPassage passage = null!;
    private double[] prior = [];
    private int[] prompt = [];
    private int made;
    private double best;

    public GroundedSearch(ILanguageModel model, GroundedOptions options)
    {
        this.model = model;
        this.options = options;
        var tokenizer = model.Tokenizer;
        vocab = tokenizer.VocabSize;
        RefusalTokens = tokenizer.Encode(TaskPrompt.Refusal, addBos: false);
        ends = [.. Enumerable.Range(0, vocab).Where(id => tokenizer.IsEnd(id) || id == tokenizer.BosId)];
        trie = new TokenTrie(tokenizer, id => ends.Contains(id));
        logits = new float[Math.Max(RefusalTokens.Length, GuessesMax) * vocab + vocab];
        scratch = new float[vocab];
    }

    /// <summary>Tokens that the search computed.</summary>
    public int Evaluated { get; private set; }

    /// <summary>Of the refusal and the end after it, nats.</summary>
    public double Refusal { get; private set; }

    public int[] RefusalTokens { get; }

    /// <summary>All answers found, the likeliest first. The prompt must leave room for an answer of the longest kind.</summary>
    /// <param name="startPrior">(bytes of the passage): added to the log probability of an answer that starts there, nats, 0
    /// or less; null for none.</param>
    public List<GroundedSpan> Run(
        int[] promptTokens,
        GroundedPassage text,
        double[]? startPrior,
        CancellationToken cancellation
    )
    {
        (passage, prompt, made, best) = (text, promptTokens, 0, double.NegativeInfinity);
        prior = startPrior ?? new double[text.Bytes.Length];
        open.Clear();
        found.Clear();
        var root = new Node(null, -1, 0, 0, 0, []);
        Start(root, cancellation);
        for (var node = root.BestChild; node is not null; node = node.EndsBest ? null : node.BestChild)
            Continue(node, cancellation);
        while (Evaluated < options.EvaluationsMax && open.TryDequeue(out var node, out _))
        {
            if (node.Score <= best - options.Slack)
                break;
            Continue(node, cancellation);
        }
        return [.. found.Values.OrderByDescending(span => span.Score).ThenBy(span => span.Start)];
    }

    /// <summary>One pass for the prompt and the refusal: its first row is also what an answer begins with.</summary>
    private void Start(Node root, CancellationToken cancellation)
    {
        int[] tokens = [.. prompt, .. RefusalTokens];
        var rows = RefusalTokens.Length + 1;
        model.LogitsOfLast(tokens, rows, logits, cancellation);
        Evaluated = RefusalTokens.Length;
        Refusal = 0;
        for (var i = 0; i < rows; i++)
        {
            var row = Row(i);
            var norm = LogSum(row);
            Refusal += i < RefusalTokens.Length ? row[RefusalTokens[i]] - norm : End(row, norm);
        }
        Expand(root, Row(0));
    }

    /// <summary>One pass for a node and what follows it in the passage.</summary>
    private void Continue(Node node, CancellationToken cancellation)
    {
        if (node.Expanded)
            return;
        var path = node.Path();
        var tokens = new List<int>(prompt);
        tokens.AddRange(path);
        var offset = node.Places[0].End;
        var room = Math.Min(GuessesMax, Math.Min(options.TokensMax, model.Positions - prompt.Length) - path.Count);
        var guesses = 0;
        for (; guesses < room && passage.Guess(offset, trie) is { } guess; guesses++)
        {
            tokens.Add(guess.Token);
            offset += guess.Bytes;
        }
        model.LogitsOfLast(CollectionsMarshal.AsSpan(tokens), 1 + guesses, logits, cancellation);
        Evaluated += 1 + guesses;
        for (var i = 0; ; i++)
        {
            Expand(node, Row(i));
            if (i == guesses)
                return;
            var next = node.Children.Find(child => child.Token == tokens[prompt.Length + path.Count + i]);
            if (next is null || next.Expanded || next.Score <= best - options.Slack)
                return;
            node = next;
        }
    }

    /// <summary>Makes the nodes that continue this one, and the answer that ends here if one may.</summary>
    private void Expand(Node node, ReadOnlySpan<float> row)
    {
        node.Expanded = true;
        var norm = LogSum(row);
        var end = node.LogP + End(row, norm);
        foreach (var place in node.Places)
        {
            // The space before the first word, where the vocabulary has one, spells nothing of the passage.
            if (place.End > place.Start && passage.CanEnd(place.End))
            {
                Complete(place, end, node.Depth);
                node.EndScore = Math.Max(node.EndScore, end + prior[place.Start]);
            }
        }
        if (node.Depth >= options.TokensMax || prompt.Length + node.Depth >= model.Positions)
            return;
        foreach (var (token, places) in Continuations(node))
        {
            var highest = places.Max(place => prior[place.Start]);
            var child = new Node(node, token, node.LogP + row[token] - norm, highest, node.Depth + 1, places);
            if (child.Score <= best - options.Slack)
                continue;
            node.Children.Add(child);
            open.Enqueue(child, (-child.Score, made++));
        }
    }

    private void Complete((int Start, int End) place, double logP, int tokens)
    {
        var score = logP + prior[place.Start];
        best = Math.Max(best, score);
        var (text, start) = passage.Between(place.Start, place.End);
        if (!found.TryGetValue(text, out var known) || score > known.Score)
            found[text] = new GroundedSpan(text, start, logP, tokens) { Score = score };
    }

    /// <summary>The tokens that some place of the node goes on with, in the order of the passage.</summary>
    private Dictionary<int, List<(int Start, int End)>> Continuations(Node node)
    {
        var next = new Dictionary<int, List<(int Start, int End)>>();
        if (node.Parent is null)
        {
            foreach (var start in passage.Starts)
                Add(passage.Bytes.AsSpan(start), start, start);
            AddSpaced();
        }
        foreach (var (start, end) in node.Places)
            Add(passage.Bytes.AsSpan(end), start, end);
        return next;

        void Add(ReadOnlySpan<byte> text, int start, int end)
        {
            matches.Clear();
            trie.Match(text, matches);
            foreach (var (token, bytes) in matches)
            {
                if (!next.TryGetValue(token, out var places))
                    next.Add(token, places = []);
                places.Add((start, end + bytes));
            }
        }

        // Some vocabularies spell the first word of a text like any other, with a space that is not in the text; and
        // Edge's own models were taught answers in the tokens of the passage, where a space stands before most words.
        void AddSpaced()
        {
            var spaced = new byte[passage.Bytes.Length + 1];
            foreach (var start in passage.Starts)
            {
                var length = Math.Min(FirstTokenBytesMax, passage.Bytes.Length - start);
                spaced[0] = (byte)' ';
                passage.Bytes.AsSpan(start, length).CopyTo(spaced.AsSpan(1));
                Add(spaced.AsSpan(0, length + 1), start, start - 1);
            }
        }
    }

    private ReadOnlySpan<float> Row(int i) => logits.AsSpan(i * vocab, vocab);

    /// <summary>Any token that ends a text ends an answer.</summary>
    private double End(ReadOnlySpan<float> row, double norm)
    {
        var sum = 0.0;
        foreach (var id in ends)
            sum += Math.Exp(row[id] - norm);
        return Math.Log(sum);
    }

    private double LogSum(ReadOnlySpan<float> row)
    {
        var max = TensorPrimitives.Max(row);
        TensorPrimitives.Subtract(row, max, scratch);
        TensorPrimitives.Exp<float>(scratch, scratch);
        return max + Math.Log(TensorPrimitives.Sum<float>(scratch));
    }

    /// <param name="prior">The highest of its places.</param>
    /// <param name="places">Stretches of the passage that spell it, byte offsets; the end may be inside a character.</param>
    private sealed class Node(
        Node? parent,
        int token,
        double logP,
        double prior,
        int depth,
        List<(int Start, int End)> places
    )
    {
        public Node? Parent => parent;
        public int Token => token;
        public double LogP => logP;

        /// <summary>No answer that begins like this has a higher one.</summary>
        public double Score => logP + prior;
        public int Depth => depth;
        public List<(int Start, int End)> Places => places;
        public List<Node> Children { get; } = [];
        public bool Expanded { get; set; }

        /// <summary>Of the best answer that ends here.</summary>
        public double EndScore { get; set; } = double.NegativeInfinity;

        public Node? BestChild => Children.Count == 0 ? null : Children.MaxBy(child => child.Score);

        public bool EndsBest => BestChild is not { } child || EndScore >= child.Score;

        public List<int> Path()
        {
            var path = new List<int>(depth);
            for (var node = this; node.Parent is not null; node = node.Parent)
                path.Add(node.Token);
            path.Reverse();
            return path;
        }
    }
}
