using System.Diagnostics;
using System.Text;
using Edge.Inference.Kernels;
using Edge.Inference.Tokenizers;

namespace Edge.Inference;

/// <summary>A model ready to run: an open file, the threads that compute with it, one conversation's memory. One
/// generation at a time.</summary>
public sealed class LanguageModel : IDisposable
{
    /// <summary>Positions of the cache where the caller does not say, if the model has as many.</summary>
    public const int DefaultPositions = 2048;

    private readonly ThreadTeam _team;
    private readonly Transformer _transformer;
    private readonly InferenceState _state;
    private readonly PackedModel? _packed;

    private LanguageModel(ModelFile file, int threads, int positions, InstructionSet set)
    {
        File = file;
        Name = file.Name;
        _team = new ThreadTeam(threads);
        var copy = PackedModel.BytesNeeded(file.Weights);
        if (copy > 0 && MemoryBudget.AllowsCopy(copy, InferenceState.BytesNeeded(file.Config, positions, threads)))
            _packed = PackedModel.Make(file.Weights, _team);
        _transformer = new Transformer(file.Config, _packed?.Weights ?? file.Weights, _team, set);
        _state = new InferenceState(file.Config, positions, threads);
    }

    public ModelFile File { get; }

    /// <summary>What people call the model: the file's own name, unless whoever opened it knows better.</summary>
    public string Name { get; private init; }

    public int Threads => _team.Size;

    /// <summary>Tokens that prompt and answer may have together.</summary>
    public int Positions => _state.Positions;

    /// <summary>Opens a model.</summary>
    /// <param name="path">GGUF or llama2.c.</param>
    /// <param name="tokenizerPath">See <see cref="ModelFile.Open"/>.</param>
    /// <param name="threads">0 takes one for each processor, 8 at most; results never depend on it.</param>
    /// <param name="positions">Positions of the cache; 0 takes the model's context, 2,048 at most.</param>
    /// <param name="set">Null takes the best this machine has; all give the same results.</param>
    /// <param name="name">What people call the model; null takes the name in the file.</param>
    /// <exception cref="ModelFormatException">The file is not a model that Edge can run.</exception>
    /// <exception cref="InsufficientMemoryException">It does not fit; the message has the numbers.</exception>
    public static LanguageModel Open(
        string path,
        string? tokenizerPath = null,
        int threads = 0,
        int positions = 0,
        InstructionSet? set = null,
        string? name = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        var file = ModelFile.Open(path, tokenizerPath);
        try
        {
            var team = threads == 0 ? Math.Min(8, Environment.ProcessorCount) : threads;
            var context = file.Config.ContextLength;
            var kept = positions == 0 ? Math.Min(context, DefaultPositions) : Math.Min(context, positions);
            MemoryBudget.Check(file, InferenceState.BytesNeeded(file.Config, kept, team));
            return new LanguageModel(file, team, kept, set ?? InstructionSets.Best) { Name = name ?? file.Name };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Continues a prompt. <paramref name="onText"/> gets each piece of text as it is known; what it got, joined, is
    /// <see cref="GenerationResult.Text"/>. Cancelling takes effect within one pass of a prompt or one token and returns
    /// what there is, with <see cref="FinishReason.Cancelled"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty or does not fit the context (the message has the numbers).</exception>
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
        var run = new Generation(File.Tokenizer, options, onText, prompt);
        var started = Stopwatch.GetTimestamp();
        var prefillEnd = started;
        var finish = FinishReason.Cancelled;
        try
        {
            var logits = _transformer.Forward(_state, prompt, 0, cancellation: cancellation);
            prefillEnd = Stopwatch.GetTimestamp();
            while (true)
            {
                if (run.Finished(logits) is { } reason)
                {
                    finish = reason;
                    break;
                }
                if (_state.Length == Positions)
                {
                    finish = FinishReason.ContextFull;
                    break;
                }
                logits = _transformer.Forward(_state, run.Last, _state.Length, cancellation: cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { }
        return run.Result(
            finish,
            Stopwatch.GetElapsedTime(started, prefillEnd).TotalMilliseconds,
            Stopwatch.GetElapsedTime(prefillEnd).TotalMilliseconds
        );
    }

    /// <summary>Logits after each token of a fresh conversation, (tokens, vocab).</summary>
    /// <exception cref="ArgumentException">An id is out of range or the tokens do not fit the context.</exception>
    public float[][] Logits(ReadOnlySpan<int> tokens)
    {
        var rows = new float[tokens.Length][];
        for (var t = 0; t < tokens.Length; t++)
            rows[t] = _transformer.Forward(_state, tokens.Slice(t, 1), t).ToArray();
        return rows;
    }

    public void Dispose()
    {
        _team.Dispose();
        _state.Dispose();
        _packed?.Dispose();
        File.Dispose();
    }

    /// <summary>The text side of one generation: tokens in, text out.</summary>
    private sealed class Generation
    {
        private readonly Tokenizer _tokenizer;
        private readonly GenerationOptions _options;
        private readonly Action<string>? _onText;
        private readonly Sampler _sampler;
        private readonly Utf8Streamer _utf8 = new();
        private readonly StopStringFilter _stops;
        private readonly StringBuilder _text = new();
        private readonly List<int> _tokens;
        private readonly int[] _last = new int[1];
        private bool _dropSpace;

        public Generation(
            Tokenizer tokenizer,
            GenerationOptions options,
            Action<string>? onText,
            ReadOnlySpan<int> prompt
        )
        {
            _tokenizer = tokenizer;
            _options = options;
            _onText = onText;
            _sampler = new Sampler(options.Sampling, tokenizer.VocabSize);
            _stops = new StopStringFilter(options.StopStrings);
            _tokens = new List<int>(Math.Min(options.MaxTokens, 4096));
            _dropSpace = prompt.Length == 1 && prompt[0] == tokenizer.BosId;
            foreach (var token in prompt)
                _sampler.Accept(token);
        }

        /// <summary>The token to feed next.</summary>
        public ReadOnlySpan<int> Last => _last;

        /// <summary>Takes the next token; not null when it was the end.</summary>
        public FinishReason? Finished(ReadOnlySpan<float> logits)
        {
            if (_tokens.Count >= _options.MaxTokens)
                return FinishReason.MaxTokens;
            var token = _sampler.Sample(logits);
            if (_tokenizer.IsEnd(token) || token == _tokenizer.BosId)
                return FinishReason.Stop;
            _sampler.Accept(token);
            _last[0] = token;
            _tokens.Add(token);
            Emit(_stops.Push(_utf8.Push(Bytes(token))));
            return _stops.Stopped ? FinishReason.Stop : null;
        }

        public GenerationResult Result(FinishReason finish, double prefillMs, double decodeMs)
        {
            Emit(_stops.Push(_utf8.Flush()));
            Emit(_stops.Flush());
            return new GenerationResult(_text.ToString(), _tokens, finish, prefillMs, decodeMs);
        }

        /// <summary>A text that starts right after BOS has no space before its first word, whatever the vocabulary
        /// writes.</summary>
        private ReadOnlySpan<byte> Bytes(int token)
        {
            var bytes = _tokenizer.TokenBytes(token);
            if (_dropSpace && _tokenizer.AddsSpacePrefix && bytes is [(byte)' ', ..])
                bytes = bytes[1..];
            _dropSpace = false;
            return bytes;
        }

        private void Emit(string text)
        {
            if (text.Length == 0)
                return;
            _text.Append(text);
            _onText?.Invoke(text);
        }
    }
}
