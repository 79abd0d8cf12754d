using System.Security.Cryptography;
using Edge.Inference;
using Edge.Inference.Onnx;
using Edge.Link.Messages;
using Edge.Slots;

namespace Edge.Host;

/// <summary>
/// A model that this computer has opened and run: its files, their hashes, and what it computes for a few probe tokens,
/// which the device must compute too.
/// </summary>
public sealed class ModelPackage
{
    private const int ProbeTokensMax = 16;
    private const string ProbeText = "The notes say that the bread must rest for twelve hours in the fridge.";

    /// <summary>A message holds 1 MiB: more logits than this do not fit, and the device then only repeats the probe.</summary>
    private const int ProbeLogitsMax = 130_000;

    /// <summary>Up to this many logits keep four decimals, more keep two; the device compares within 2 percent.</summary>
    private const int FineLogitsMax = 60_000;

    private ModelPackage(FlashRequest request, IReadOnlyList<string> paths)
    {
        Request = request;
        Paths = paths;
    }

    public string ModelName => Request.ModelName;

    public long Bytes => Request.Files.Sum(file => file.Bytes);

    internal FlashRequest Request { get; }

    /// <summary>On this computer, in the order of the request's files.</summary>
    internal IReadOnlyList<string> Paths { get; }

    /// <param name="modelPath">GGUF, llama2.c or ONNX.</param>
    /// <param name="tokenizerPath">For llama2.c models, where null takes "tokenizer.bin" beside the model, and ONNX models
    /// without a tokenizer inside.</param>
    /// <exception cref="ModelFormatException">It is not a model that the device can run.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelPackage Open(
        string modelPath,
        string? tokenizerPath,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    ) => Open(modelPath, tokenizerPath, null, progress, cancellation);

    /// <inheritdoc cref="Open(string, string?, IProgress{ProgressEvent}?, CancellationToken)"/>
    /// <param name="fallbackPath">The same model as ONNX, which the device uses where the model does not work; or null.</param>
    /// <exception cref="ArgumentException">The fallback is no ONNX file, or the model is one already.</exception>
    public static ModelPackage Open(
        string modelPath,
        string? tokenizerPath,
        string? fallbackPath,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
    {
        progress?.Report(new ProgressEvent("checking the model", 0, 0));
        if (fallbackPath is not null && LanguageModels.IsOnnx(modelPath))
            throw new ArgumentException($"{modelPath} is an ONNX model itself: flash it without a fallback");
        string name;
        int[] tokens;
        float[] logits;
        using (var model = LanguageModels.Open(modelPath, tokenizerPath))
        {
            name = model.Name;
            tokens = Probe(model);
            logits = model.Logits(tokens)[^1];
            if (tokenizerPath is null && model is LanguageModel ours && IsLlama2c(ours.File))
                tokenizerPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(modelPath))!, "tokenizer.bin");
        }
        cancellation.ThrowIfCancellationRequested();
        if (fallbackPath is not null)
            CheckFallback(fallbackPath, tokenizerPath, tokens, logits, progress);
        var paths = new List<string>();
        var files = new List<FlashFile>();
        Add(SlotLimits.ModelFileName, modelPath);
        Add(SlotLimits.TokenizerFileName, tokenizerPath);
        Add(SlotLimits.FallbackFileName, fallbackPath);
        return new ModelPackage(new FlashRequest(name, files, tokens, Rounded(logits)), paths);

        void Add(string fileName, string? path)
        {
            if (path is null)
                return;
            paths.Add(path);
            files.Add(Describe(fileName, path, progress, cancellation));
        }
    }

    private static bool IsLlama2c(ModelFile file) => file.Format.StartsWith("llama2.c", StringComparison.Ordinal);

    private static int[] Probe(ILanguageModel model)
    {
        var most = Math.Min(ProbeTokensMax, model.Positions);
        var tokens = model.Tokenizer.Encode(ProbeText).Take(most).ToArray();
        return tokens.Length > 0 ? tokens : [0];
    }

    /// <summary>The device holds both against the same logits: they must be the same model.</summary>
    private static void CheckFallback(
        string path,
        string? tokenizerPath,
        int[] tokens,
        float[] logits,
        IProgress<ProgressEvent>? progress
    )
    {
        progress?.Report(new ProgressEvent("checking the fallback", 0, 0));
        if (!LanguageModels.IsOnnx(path))
            throw new ArgumentException($"{path} is no ONNX file: make one with edge convert MODEL FALLBACK.onnx");
        using var fallback = LanguageModels.Open(path, tokenizerPath);
        var found = tokens.Length <= fallback.Positions ? fallback.Logits(tokens)[^1] : [];
        if (found.Length != logits.Length)
            throw new ModelFormatException(
                $"{path}: has {found.Length:N0} logits, the model {logits.Length:N0}: a fallback must be the same model. Convert the model to ONNX again."
            );
        var error = ModelSelfTest.RelativeError(found, logits);
        if (!(error <= SlotLimits.FallbackErrorMax))
            throw new ModelFormatException(
                $"{path}: its logits are {error:0.000} off the model's, {SlotLimits.FallbackErrorMax} is allowed: a fallback must be the same model. Convert the model to ONNX again."
            );
    }

    private static float[] Rounded(float[] logits) =>
        logits.Length > ProbeLogitsMax || !logits.All(float.IsFinite)
            ? []
            : [.. logits.Select(value => MathF.Round(value, logits.Length <= FineLogitsMax ? 4 : 2))];

    private static FlashFile Describe(
        string name,
        string path,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long done = 0;
        for (int read; (read = file.Read(buffer)) > 0; done += read)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            progress?.Report(new ProgressEvent("hashing " + name, done + read, file.Length));
        }
        return new FlashFile(name, done, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
