using System.Diagnostics;
using Edge.Inference.Kernels;
using Edge.Inference.Tokenizers;

namespace Edge.Inference;

/// <summary>A model ready to run: an open file, the threads that compute with it, one conversation's memory. One
/// generation at a time.</summary>
public sealed class LanguageModel : ILanguageModel
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

    /// <inheritdoc/>
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
}
