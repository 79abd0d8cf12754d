using Edge.Conversion.Onnx;
using Edge.Conversion.Sources;
using Edge.Conversion.Targets;
using Edge.Inference;

namespace Edge.Conversion;

/// <summary>
/// Converts a model from one format to another. The new file is written under a temporary name, flushed to the disk, read
/// back and compared with the source, and only then gets its own name: there is a whole model there, or none.
/// </summary>
public static class ModelConverter
{
    private const string OnnxEnding = ".onnx";

    /// <summary>The formats by the ending of the file to write. A new one goes here, and nowhere else.</summary>
    private static readonly Dictionary<string, Func<SourceModel, TensorType?, IModelTarget>> Targets = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        [".gguf"] = (source, type) => new GgufTarget(source, type),
        [".bin"] = (source, type) => new Llama2cTarget(source, type),
    };

    /// <param name="source">A GGUF, a llama2.c file, or a folder with config.json, safetensors and a tokenizer.</param>
    /// <param name="destination">Its ending says the format: .gguf, .bin (llama2.c), .onnx.</param>
    /// <exception cref="ArgumentException">The two are the same file, or the ending or type is none that Edge writes.</exception>
    /// <exception cref="ModelFormatException">The source is damaged, or nothing that Edge can run or the format can hold.</exception>
    /// <exception cref="IOException">A file cannot be read or written: the disk is full, for example. Nothing is left of
    /// the destination.</exception>
    public static ConversionReport Convert(
        string source,
        string destination,
        ConversionOptions options,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var isOnnx = Path.GetExtension(destination).Equals(OnnxEnding, StringComparison.OrdinalIgnoreCase);
        if (!Targets.TryGetValue(Path.GetExtension(destination), out var targetOf) && !isOnnx)
            throw new ArgumentException(
                $"{destination}: the format to write is told by the ending, one of {string.Join(", ", Targets.Keys)}, {OnnxEnding}"
            );
        CheckPaths(source, destination);
        if (targetOf is null)
            return ConvertToOnnx(source, destination, options, progress, cancellation);
        using var model = ModelSource.Open(source, options.TokenizerPath);
        var target = targetOf(model, options.Type);
        var files = new OutputFiles(destination, target.Companion);
        var work = new Work(progress, cancellation) { Total = target.WorkTotal };
        try
        {
            files.Write(stream => target.Write(stream, work), target.FileBytes);
            var written = target.Verify(files.ModelTemporary, files.CompanionTemporary, work);
            files.Keep();
            return new ConversionReport(
                destination,
                model.Format,
                written.Format,
                written.WeightType,
                written.Parameters,
                new FileInfo(destination).Length,
                files.CompanionPath,
                model.Notes
            );
        }
        catch
        {
            files.Discard();
            throw;
        }
    }

    /// <summary>An ONNX model is exported from a model that our engine can open, because it is checked against it; what is no
    /// such file yet becomes a GGUF for the time being.</summary>
    private static ConversionReport ConvertToOnnx(
        string source,
        string destination,
        ConversionOptions options,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (options.Type is not (null or TensorType.F32 or TensorType.Q8_0))
            throw new ArgumentException($"an ONNX model is stored as f32 or q8_0, not as {options.Type}");
        var between = Directory.Exists(source) ? destination + ".gguf" : null;
        if (between is not null && File.Exists(between))
            throw new IOException($"{between} is in the way: it is needed for a moment. Move it away.");
        try
        {
            var before = between is null
                ? null
                : Convert(
                    source,
                    between,
                    new ConversionOptions { TokenizerPath = options.TokenizerPath },
                    progress,
                    cancellation
                );
            var tokenizer = between is null ? options.TokenizerPath : null;
            using var model = ModelFile.Open(between ?? source, tokenizer);
            var isInt8 = (options.Type?.ToString() ?? model.WeightType) == nameof(TensorType.Q8_0);
            var type = isInt8 ? OnnxWeightType.Q8_0 : OnnxWeightType.F32;
            OnnxExporter.Write(model, type, destination, tokenizer);
            return new ConversionReport(
                destination,
                before?.SourceFormat ?? model.Format,
                "ONNX",
                type.ToString(),
                model.ParameterCount,
                new FileInfo(destination).Length,
                null,
                before?.Notes ?? []
            );
        }
        finally
        {
            if (between is not null)
                File.Delete(between);
        }
    }

    private static void CheckPaths(string source, string destination)
    {
        if (Directory.Exists(destination))
            throw new ArgumentException($"{destination} is a folder: name the file to write");
        if (Path.GetDirectoryName(Path.GetFullPath(destination)) is { } folder && !Directory.Exists(folder))
            throw new IOException($"{folder}: there is no such folder to write into; make it first");
        var (from, to) = (RealPath(source), RealPath(destination));
        if (from == to || from == to + OutputFiles.TemporaryEnding)
            throw new ArgumentException($"{destination} is the model to convert: name another file to write");
        // The file that is read may be one of a folder's.
        if (Path.GetDirectoryName(to) == from && File.Exists(to))
            throw new ArgumentException($"{destination} is part of the model to convert: name another file to write");
    }

    /// <summary>Absolute, links followed.</summary>
    private static string RealPath(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
        return info.Exists ? info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full : full;
    }
}
