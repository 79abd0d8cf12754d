using System.Diagnostics;
using System.Security.Cryptography;
using Edge.Inference.Tokenizers;

namespace Edge.Inference;

/// <summary>A model ready to run: an open file, the threads that compute with it, one conversation's memory. One
/// generation at a time.</summary>
public sealed class LanguageModel : ILanguageModel
{
    /// <summary>Positions of the cache where the caller does not say, if the model has as many.</summary>
    public const int DefaultPositions = 2048;

    /// <summary>Memory for remembered beginnings of prompts: this share of what the weights and the state take.</summary>
    private const int PrefixShare = 4;

    private const long PrefixBytesMin = 16L << 20;

    private readonly ThreadTeam _team;
    private readonly Transformer _transformer;
    private readonly InferenceState _state;
    private readonly PackedModel? _packed;
    private readonly PrefixCache _prefixes;

    /// <summary>The tokens that the state's positions were computed for.</summary>
    private readonly int[] _tokens;

    private readonly int[] _feed = new int[InferenceState.LogitRows];

    private LanguageModel(ModelFile file, int positions, int threads, bool tune, ModelOptions options)
    {
        var started = Stopwatch.GetTimestamp();
        File = file;
        Name = options.Name ?? file.Name;
        _team = new ThreadTeam(threads);
        var copy = PackedModel.BytesNeeded(file.Weights);
        var needed = InferenceState.BytesNeeded(file.Config, positions, threads, options.Cache);
        if (copy > 0 && MemoryBudget.AllowsCopy(copy, needed))
        {
            _packed = PackedModel.Make(file.Weights, _team, file.DropPages);
        }
        _transformer = new Transformer(file.Config, _packed?.Weights ?? file.Weights, _team, options.Set);
        _state = new InferenceState(file.Config, positions, threads, options.Cache);
        _tokens = new int[positions];
        var bytes = Math.Max(PrefixBytesMin, (file.WeightBytes + _state.Bytes) / PrefixShare);
        _prefixes = new PrefixCache(bytes, options.PrefixFolder, HashOfModel);
        if (tune)
            ThreadPlan.Tune(_transformer, _state, threads);
        Load = new LoadReport(
            Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            _packed is null ? 0 : copy,
            _state.Bytes,
            _transformer.PrefillThreads,
            _transformer.DecodeThreads
        );
    }

    public ModelFile File { get; }

    /// <summary>What people call the model: the file's own name, unless whoever opened it knows better.</summary>
    public string Name { get; }

    /// <summary>What opening took, and what it chose.</summary>
    public LoadReport Load { get; }

    public Tokenizer Tokenizer => File.Tokenizer;

    public ChatTemplate ChatTemplate => File.ChatTemplate;

    public long ParameterCount => File.ParameterCount;

    public IReadOnlyDictionary<string, string> Metadata => File.Metadata;

    public int Threads => _team.Size;

    /// <summary>Tokens that prompt and answer may have together.</summary>
    public int Positions => _state.Positions;

    /// <summary>Opens a model.</summary>
    /// <param name="path">GGUF or llama2.c.</param>
    /// <param name="tokenizerPath">See <see cref="ModelFile.Open"/>.</param>
    /// <param name="threads">0 finds out how many are best, 8 at most; results never depend on it.</param>
    /// <param name="positions">Positions of the cache; 0 takes the model's context, 2,048 at most.</param>
    /// <param name="options">What else can be chosen.</param>
    /// <exception cref="ModelFormatException">The file is not a model that Edge can run.</exception>
    /// <exception cref="InsufficientMemoryException">It does not fit; the message has the numbers.</exception>
    public static LanguageModel Open(
        string path,
        string? tokenizerPath = null,
        int threads = 0,
        int positions = 0,
        ModelOptions? options = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        options ??= new ModelOptions();
        var file = ModelFile.Open(path, tokenizerPath);
        try
        {
            var team = threads == 0 ? Math.Min(8, FastCores.Count) : threads;
            var context = file.Config.ContextLength;
            var kept = positions == 0 ? Math.Min(context, DefaultPositions) : Math.Min(context, positions);
            MemoryBudget.Check(file, InferenceState.BytesNeeded(file.Config, kept, team, options.Cache));
            return new LanguageModel(file, kept, team, threads == 0, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public GenerationResult Generate(
        ReadOnlySpan<int> prompt,
        GenerationOptions options,
        Action<string>? onText = null,
        CancellationToken cancellation = default
    )
    {
        if (prompt.Length > Positions)
            throw new ArgumentException(
                $"the prompt has {prompt.Length} tokens, the model's context holds {Positions}: shorten the prompt"
            );
        var run = new TextRun(File.Tokenizer, options, onText, prompt);
        var started = Stopwatch.GetTimestamp();
        var prefillEnd = started;
        var finish = FinishReason.Cancelled;
        var (reused, guessed, right) = (0, 0, 0);
        try
        {
            reused = Recall(prompt);
            var logits = Feed(prompt[reused..], reused, 1, cancellation);
            prefillEnd = Stopwatch.GetTimestamp();
            if (options.KeepOnDisk > 0)
                _prefixes.Keep(_state, prompt[..Math.Min(options.KeepOnDisk, prompt.Length)], onDisk: true);
            if (options.KeepPrompt)
                _prefixes.Keep(_state, prompt, onDisk: false);
            finish = Continue(run, logits, prompt, options, ref guessed, ref right, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { }
        var prefill = Stopwatch.GetElapsedTime(started, prefillEnd).TotalMilliseconds;
        var decode = Stopwatch.GetElapsedTime(prefillEnd).TotalMilliseconds;
        return run.Result(finish, prefill, decode) with { Reused = reused, Guessed = guessed, GuessedRight = right };
    }

    /// <inheritdoc/>
    public float[][] Logits(ReadOnlySpan<int> tokens)
    {
        var rows = new float[tokens.Length][];
        var vocab = File.Config.VocabSize;
        for (var done = 0; done < tokens.Length; )
        {
            var some = tokens.Slice(done, Math.Min(InferenceState.LogitRows, tokens.Length - done));
            var logits = Feed(some, done, some.Length, default);
            for (var i = 0; i < some.Length; i++)
                rows[done++] = logits.Slice(i * vocab, vocab).ToArray();
        }
        return rows;
    }

    /// <inheritdoc/>
    public void LogitsOfLast(
        ReadOnlySpan<int> tokens,
        int rows,
        Span<float> logits,
        CancellationToken cancellation = default
    )
    {
        var vocab = File.Config.VocabSize;
        LogitRange.Check(tokens.Length, rows, Positions, vocab, logits.Length);
        // The tokens before the first with logits; what is known of them stays.
        var first = tokens.Length - rows;
        var held = Math.Min(Recall(tokens), first);
        for (var done = 0; done < rows; )
        {
            var some = Math.Min(InferenceState.LogitRows, rows - done);
            var end = first + done + some;
            Feed(tokens[held..end], held, some, cancellation).CopyTo(logits[(done * vocab)..]);
            held = end;
            done += some;
        }
    }

    public void Dispose()
    {
        _team.Dispose();
        _state.Dispose();
        _packed?.Dispose();
        File.Dispose();
    }

    /// <summary>The loop over tokens. Where a guess is at hand, its tokens are computed together with the one before them; the
    /// logits of each are what they would be alone, so what is chosen from them is too.</summary>
    private FinishReason Continue(
        TextRun run,
        ReadOnlySpan<float> logits,
        ReadOnlySpan<int> prompt,
        GenerationOptions options,
        ref int guessed,
        ref int right,
        CancellationToken cancellation
    )
    {
        var lookup = options.Speculate ? new PromptLookup(Positions + 1) : null;
        foreach (var token in prompt)
            lookup?.Add(token);
        var vocab = File.Config.VocabSize;
        // Of the last pass: its guess, how much of it was right, the positions before it.
        ReadOnlySpan<int> guess = [];
        var agreed = 0;
        var start = _state.Length - 1;
        while (true)
        {
            var finish = run.Finished(logits.Slice(agreed * vocab, vocab));
            if (finish is null && agreed < guess.Length && run.Last == guess[agreed])
            {
                lookup!.Add(run.Last);
                agreed++;
                continue;
            }
            // What was guessed wrong is forgotten.
            _state.Length = start + 1 + agreed;
            guessed += guess.Length;
            right += agreed;
            if (finish is { } reason)
                return reason;
            if (_state.Length == Positions)
                return FinishReason.ContextFull;
            if (run.IsFull)
                return FinishReason.MaxTokens;
            if (guess.Length > 0)
                lookup!.Learn(guess.Length, agreed);
            lookup?.Add(run.Last);
            start = _state.Length;
            guess = lookup is null ? [] : lookup.Guess(Positions - start - 1);
            agreed = 0;
            _feed[0] = run.Last;
            guess.CopyTo(_feed.AsSpan(1));
            logits = Feed(_feed.AsSpan(0, 1 + guess.Length), start, 1 + guess.Length, cancellation);
        }
    }

    /// <summary>Makes the state hold as much of the prompt's beginning as is known; the last token is always computed.</summary>
    private int Recall(ReadOnlySpan<int> prompt)
    {
        if (prompt.IsEmpty)
            return 0;
        var held = prompt[..^1].CommonPrefixLength(_tokens.AsSpan(0, _state.Length));
        held = _prefixes.Restore(_state, prompt, held);
        prompt[..held].CopyTo(_tokens);
        return held;
    }

    private ReadOnlySpan<float> Feed(
        ReadOnlySpan<int> tokens,
        int position,
        int logitRows,
        CancellationToken cancellation
    )
    {
        // A pass that is cancelled leaves the state at the positions it finished.
        _state.Length = position;
        var logits = _transformer.Forward(_state, tokens, position, logitRows, cancellation);
        tokens.CopyTo(_tokens.AsSpan(position));
        return logits;
    }

    private byte[] HashOfModel()
    {
        using var stream = System.IO.File.OpenRead(File.Path);
        var hash = SHA256.HashData(stream);
        return SHA256.HashData([.. hash, (byte)_state.Type]);
    }
}
