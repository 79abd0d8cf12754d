using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Edge.Inference.Onnx.Model;
using Edge.Inference.Tokenizers;
using Microsoft.ML.OnnxRuntime;

namespace Edge.Inference.Onnx;

/// <summary>
/// A decoder with a key-value cache in an ONNX file, run by ONNX Runtime: the fallback for what the core does not run,
/// and an independent check of what it does. The same file, prompt and number of threads give the same text.
/// </summary>
public sealed class OnnxLanguageModel : ILanguageModel
{
    /// <summary>Tokens of one pass at most: every one of them costs a row of logits.</summary>
    private const int BatchMax = 64;

    private const int LargeFileBytes = 32 << 20;

    private readonly string fileName;
    private readonly OnnxText text;
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly OnnxCache cache;
    private readonly float[] logits;

    /// <summary>The tokens that the cache's positions were computed for; later ones are stale.</summary>
    private readonly List<int> held = [];

    private OnnxLanguageModel(OnnxFile file, OnnxText text, InferenceSession session, int positions)
    {
        fileName = Path.GetFileName(file.Path);
        this.text = text;
        this.session = session;
        var signature = OnnxSignature.Read(fileName, session);
        if (text.Tokenizer.VocabSize > signature.VocabSize)
            throw new ModelFormatException(
                $"{fileName}: the tokenizer has {text.Tokenizer.VocabSize:N0} tokens, the model {signature.VocabSize:N0}: this tokenizer does not fit its model. Name the right one with --tokenizer."
            );
        Positions = PositionsOf(text, positions);
        var batch = Math.Min(BatchMax, Positions);
        ThrowIfTooLarge(OnnxCache.BytesNeeded(signature, Positions, batch), 0, "cache and buffers");
        cache = new OnnxCache(signature, Positions, batch);
        logits = new float[signature.VocabSize];
        binding = session.CreateIoBinding();
    }

    public string Name { get; private init; } = "";

    public Tokenizer Tokenizer => text.Tokenizer;

    public ChatTemplate ChatTemplate => text.ChatTemplate;

    public long ParameterCount => text.ParameterCount;

    public IReadOnlyDictionary<string, string> Metadata => text.Metadata;

    public int Positions { get; }

    /// <summary>Opens a model.</summary>
    /// <param name="path">An ONNX file with all its weights inside.</param>
    /// <param name="tokenizerPath">See <see cref="OnnxText.Read"/>.</param>
    /// <param name="threads">0 takes one for each processor, 8 at most.</param>
    /// <param name="positions">Positions of the cache; 0 takes the model's context, 2,048 at most.</param>
    /// <param name="name">What people call the model; null takes the name in the file.</param>
    /// <exception cref="ModelFormatException">The file is not a model that Edge can run.</exception>
    /// <exception cref="InsufficientMemoryException">It does not fit; the message has the numbers.</exception>
    /// <exception cref="IOException">The file, or ONNX Runtime, is not there.</exception>
    public static OnnxLanguageModel Open(
        string path,
        string? tokenizerPath = null,
        int threads = 0,
        int positions = 0,
        string? name = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        var team = threads == 0 ? Math.Min(8, Environment.ProcessorCount) : threads;
        var (file, text, session) = Load(path, tokenizerPath, team);
        // The file's bytes are garbage from here on, and may be a gigabyte of it.
        if (file.Bytes > LargeFileBytes)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            return new OnnxLanguageModel(file, text, session, positions) { Name = name ?? text.Name };
        }
        catch
        {
            session.Dispose();
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
        Check(prompt);
        cache.Reset();
        var run = new TextRun(Tokenizer, options, onText, prompt);
        var started = Stopwatch.GetTimestamp();
        var prefillEnd = started;
        var finish = FinishReason.Cancelled;
        var next = new int[1];
        var left = prompt;
        while (!cancellation.IsCancellationRequested)
        {
            var chunk = left[..Math.Min(cache.Batch, left.Length)];
            Forward(chunk);
            left = left[chunk.Length..];
            if (left.Length > 0)
                continue;
            if (prefillEnd == started)
                prefillEnd = Stopwatch.GetTimestamp();
            cache.ReadLogits(chunk.Length - 1, logits);
            var ended = run.Finished(logits.AsSpan(0, Tokenizer.VocabSize));
            if (ended is null && cache.Length == Positions)
                ended = FinishReason.ContextFull;
            if (ended is { } reason)
            {
                finish = reason;
                break;
            }
            next[0] = run.Last;
            left = next;
        }
        return run.Result(
            finish,
            Stopwatch.GetElapsedTime(started, prefillEnd).TotalMilliseconds,
            Stopwatch.GetElapsedTime(prefillEnd).TotalMilliseconds
        );
    }

    /// <inheritdoc/>
    public float[][] Logits(ReadOnlySpan<int> tokens) => Logits(tokens, cache.Batch);

    /// <param name="batch">Tokens of one pass; 1 takes every token through the cache.</param>
    internal float[][] Logits(ReadOnlySpan<int> tokens, int batch)
    {
        Check(tokens);
        if (tokens.Length > Positions)
            throw new ArgumentException($"{tokens.Length} tokens do not fit the {Positions} positions of the cache");
        cache.Reset();
        var rows = new float[tokens.Length][];
        for (var done = 0; done < tokens.Length; )
        {
            var chunk = tokens.Slice(done, Math.Min(batch, tokens.Length - done));
            Forward(chunk);
            for (var t = 0; t < chunk.Length; t++)
                cache.ReadLogits(t, rows[done + t] = new float[logits.Length]);
            done += chunk.Length;
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
        Check(tokens);
        var vocab = Tokenizer.VocabSize;
        LogitRange.Check(tokens.Length, rows, Positions, vocab, logits.Length);
        var first = tokens.Length - rows;
        cache.Truncate(Math.Min(first, tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(held)[..cache.Length])));
        while (cache.Length < tokens.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = cache.Length;
            var chunk = tokens.Slice(start, Math.Min(cache.Batch, tokens.Length - start));
            Forward(chunk);
            for (var t = Math.Max(0, first - start); t < chunk.Length; t++)
            {
                cache.ReadLogits(t, this.logits);
                this.logits.AsSpan(0, vocab).CopyTo(logits[((start + t - first) * vocab)..]);
            }
        }
    }

    public void Dispose()
    {
        binding.Dispose();
        session.Dispose();
        cache.Dispose();
    }

    /// <summary>A method of its own, so that nothing holds the file's bytes after it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (OnnxFile File, OnnxText Text, InferenceSession Session) Load(
        string path,
        string? tokenizerPath,
        int threads
    )
    {
        var bytes = ReadAll(path);
        var file = OnnxFile.Read(path, bytes);
        var text = OnnxText.Read(file, tokenizerPath);
        OnnxLibrary.Load();
        return (file, text, OpenSession(path, bytes, threads));
    }

    private static byte[] ReadAll(string path)
    {
        long length;
        using (var file = MappedFile.Open(path))
            length = file.Length;
        OnnxFile.ThrowIfTooLong(path, length);
        // The bytes, ONNX Runtime's copy of them, and its packed form of the weights.
        ThrowIfTooLarge(length * 3, length, Path.GetFileName(path));
        return File.ReadAllBytes(path);
    }

    private static InferenceSession OpenSession(string path, byte[] bytes, int threads)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        // Idle costs no CPU.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        try
        {
            return new InferenceSession(bytes, options);
        }
        catch (OnnxRuntimeException refused)
        {
            throw new ModelFormatException(
                $"{Path.GetFileName(path)}: ONNX Runtime does not load it: {Printable.Show(refused.Message, 400)}",
                refused
            );
        }
    }

    private static int PositionsOf(OnnxText text, int wanted)
    {
        var most = wanted == 0 ? LanguageModel.DefaultPositions : wanted;
        return text.ContextLength == 0 ? most : Math.Min(text.ContextLength, most);
    }

    /// <param name="bytes">What will be taken.</param>
    /// <param name="fileBytes">Of the model, for the message; 0 leaves it out.</param>
    private static void ThrowIfTooLarge(long bytes, long fileBytes, string what)
    {
        if (MemoryBudget.AllowsCopy(bytes, 0))
            return;
        var mib = (bytes + (1L << 20) - 1) >> 20;
        throw new InsufficientMemoryException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {(fileBytes > 0 ? $"an ONNX file of {fileBytes >> 20} MiB needs" : "needs")} {mib} MiB, which are not available: take a smaller model or a shorter context"
            )
        );
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("the model needs at least one token", nameof(tokens));
        foreach (var token in tokens)
        {
            if ((uint)token >= (uint)logits.Length)
                throw new ArgumentException($"token ids must be 0 to {logits.Length - 1}, got {token}", nameof(tokens));
        }
    }

    /// <summary>One pass; the logits of its tokens are in the cache after it.</summary>
    private void Forward(ReadOnlySpan<int> tokens)
    {
        var values = new List<OrtValue>();
        try
        {
            cache.Bind(tokens, binding, values);
            using var options = new RunOptions();
            session.RunWithBinding(options, binding);
            held.RemoveRange(cache.Length, held.Count - cache.Length);
            held.AddRange(tokens);
            cache.Advance(tokens.Length);
        }
        catch (OnnxRuntimeException failed)
        {
            throw new ModelFormatException(
                $"{fileName}: ONNX Runtime cannot run it: {Printable.Show(failed.Message, 400)}",
                failed
            );
        }
        finally
        {
            foreach (var value in values)
                value.Dispose();
        }
    }
}
