using System.Security.Cryptography;
using Edge.Inference;
using Edge.Link.Messages;

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

    /// <param name="modelPath">GGUF or llama2.c.</param>
    /// <param name="tokenizerPath">For llama2.c models; null takes "tokenizer.bin" beside the model.</param>
    /// <exception cref="ModelFormatException">It is not a model that the device can run.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelPackage Open(
        string modelPath,
        string? tokenizerPath,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
    {
        progress?.Report(new ProgressEvent("checking the model", 0, 0));
        string name;
        int[] tokens;
        float[] logits;
        using (var model = LanguageModel.Open(modelPath, tokenizerPath))
        {
            name = model.File.Name;
            tokens = Probe(model);
            logits = Rounded(model.Logits(tokens)[^1]);
            if (tokenizerPath is null && model.File.Format.StartsWith("llama2.c", StringComparison.Ordinal))
                tokenizerPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(modelPath))!, "tokenizer.bin");
        }
        cancellation.ThrowIfCancellationRequested();
        var paths = new List<string> { modelPath };
        var files = new List<FlashFile> { Describe("model", modelPath, progress, cancellation) };
        if (tokenizerPath is not null)
        {
            paths.Add(tokenizerPath);
            files.Add(Describe("tokenizer", tokenizerPath, progress, cancellation));
        }
        return new ModelPackage(new FlashRequest(name, files, tokens, logits), paths);
    }

    private static int[] Probe(LanguageModel model)
    {
        var most = Math.Min(ProbeTokensMax, model.File.Config.ContextLength);
        var tokens = model.File.Tokenizer.Encode(ProbeText).Take(most).ToArray();
        return tokens.Length > 0 ? tokens : [0];
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
