using System.Buffers.Binary;
using System.Globalization;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Inference.Onnx;
using Edge.Inference.Onnx.Model;

namespace Edge.Conversion.Onnx;

/// <summary>How the weights of an exported model are stored.</summary>
public enum OnnxWeightType
{
    F32 = 1,

    /// <summary>Blocks of 32 signed bytes and a scale. Matrices whose columns are no multiple of 32 stay fp32.</summary>
    Q8_0,
}

/// <summary>Writes a model as ONNX with key-value cache inputs, its tokenizer inside, and runs what it wrote.</summary>
public static class OnnxExporter
{
    private const int ProbeTokensMax = 8;

    /// <summary>Relative root mean square error of the file's logits against our engine's where both compute in fp32; a
    /// wrong graph is near 1.</summary>
    private const double ExactErrorMax = 1e-3;

    /// <summary>As above, where our engine rounds activations to int8, and the runtime too, in its own way: 0.01 to 0.03
    /// for models of 2 to 30 layers with random weights.</summary>
    private const double RoundedErrorMax = 0.1;

    /// <summary>As above, where the export itself rounds the weights to int8.</summary>
    private const double RoundedWeightsErrorMax = 0.2;

    /// <summary>Logits whose mean square is below this are all but zero and have no scale to compare with.</summary>
    private const double LogitsSquareMin = 1e-6;

    /// <summary>Writes a temporary file beside <paramref name="path"/>, opens and runs it, and renames it.</summary>
    /// <param name="tokenizerPath">The tokenizer that <paramref name="source"/> was opened with; null the usual one.</param>
    /// <returns>Relative root mean square error of the file's logits against our own engine's.</returns>
    /// <exception cref="ModelFormatException">It would be longer than ONNX can be, or does not compute what the source
    /// computes.</exception>
    /// <exception cref="IOException">The disk is full or may not be written, or ONNX Runtime is not there to run it.</exception>
    public static double Write(ModelFile source, OnnxWeightType type, string path, string? tokenizerPath = null)
    {
        var graph = LlamaGraph.Build(source.Config, source.Weights, type);
        var culture = CultureInfo.InvariantCulture;
        graph.AddMetadata(OnnxText.NameKey, source.Name);
        graph.AddMetadata(OnnxText.ContextKey, source.Config.ContextLength.ToString(culture));
        graph.AddMetadata(OnnxText.ParametersKey, source.ParameterCount.ToString(culture));
        graph.AddMetadata(OnnxText.TokenizerKey, Convert.ToBase64String(TokenizerBytes(source, tokenizerPath)));
        if (graph.Bytes > OnnxLimits.FileBytesMax)
            throw new ModelFormatException(
                $"{Path.GetFileName(source.Path)}: as ONNX {type} it would have {graph.Bytes:N0} bytes; an ONNX file with its weights inside has at most {OnnxLimits.FileBytesMax:N0}. {(type == OnnxWeightType.F32 ? "Export it as q8_0." : "Keep the GGUF.")}"
            );

        var temporary = path + ".partial";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                graph.WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }
            var error = Verify(source, tokenizerPath, type, temporary);
            File.Move(temporary, path, overwrite: true);
            return error;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Both engines compute a few tokens from their files.</summary>
    private static double Verify(ModelFile source, string? tokenizerPath, OnnxWeightType type, string written)
    {
        var vocab = source.Config.VocabSize;
        var count = Math.Min(ProbeTokensMax, source.Config.ContextLength);
        var tokens = Enumerable.Range(0, count).Select(i => (int)((1 + (i * 7919L)) % vocab)).ToArray();
        float[][] expected,
            found;
        using (var ours = LanguageModel.Open(source.Path, tokenizerPath, positions: count))
            expected = ours.Logits(tokens);
        using (var theirs = OnnxLanguageModel.Open(written, positions: count))
            found = theirs.Logits(tokens);

        double errors = 0,
            squares = 0;
        for (var t = 0; t < count; t++)
        {
            for (var i = 0; i < vocab; i++)
            {
                var difference = found[t][i] - (double)expected[t][i];
                errors += difference * difference;
                squares += expected[t][i] * (double)expected[t][i];
            }
        }
        var error = Math.Sqrt(errors / Math.Max(squares, count * (double)vocab * LogitsSquareMin));
        var most =
            IsRounded(source) ? RoundedErrorMax
            : type == OnnxWeightType.F32 ? ExactErrorMax
            : RoundedWeightsErrorMax;
        return error <= most
            ? error
            : throw new ModelFormatException(
                $"{Path.GetFileName(source.Path)}: its logits as ONNX are {error:0.000} off our engine's, {most} is allowed: nothing was written. This is a fault in edge, please report it."
            );
    }

    private static bool IsRounded(ModelFile source) =>
        source.WeightType is not (nameof(TensorType.F32) or nameof(TensorType.F16) or nameof(TensorType.BF16));

    private static byte[] TokenizerBytes(ModelFile source, string? tokenizerPath)
    {
        var own = !source.Format.StartsWith("llama2.c", StringComparison.Ordinal);
        if (tokenizerPath is null && own)
            return Vocabulary(source.Path);
        var path = tokenizerPath ?? Path.Combine(Path.GetDirectoryName(source.Path) ?? "", "tokenizer.bin");
        using var file = MappedFile.Open(path);
        return GgufFile.HasMagic(file) ? Vocabulary(path) : file.Span(0, checked((int)file.Length)).ToArray();
    }

    /// <summary>A GGUF with the metadata of another, to the byte, and no tensors.</summary>
    private static byte[] Vocabulary(string path)
    {
        using var gguf = GgufFile.Open(path);
        // Magic, version, tensors, pairs; then the pairs.
        const int TensorCountOffset = 8;
        const int PairsOffset = 24;
        long end = PairsOffset;
        for (var pair = 0; pair < gguf.Metadata.Count; pair++)
        {
            end += 8 + Length(end);
            var type = (GgufValueType)BinaryPrimitives.ReadUInt32LittleEndian(gguf.File.Span(end, 4));
            end = Pass(type, end + 4);
        }
        var bytes = gguf.File.Span(0, checked((int)end)).ToArray();
        bytes.AsSpan(TensorCountOffset, 8).Clear();
        return bytes;

        // The file was checked when it was opened.
        long Length(long at) => (long)BinaryPrimitives.ReadUInt64LittleEndian(gguf.File.Span(at, 8));

        long Pass(GgufValueType type, long at)
        {
            if (type == GgufValueType.String)
                return at + 8 + Length(at);
            if (type != GgufValueType.Array)
                return at + GgufValue.SizeOf(type);
            var element = (GgufValueType)BinaryPrimitives.ReadUInt32LittleEndian(gguf.File.Span(at, 4));
            var count = Length(at + 4);
            at += 12;
            if (element != GgufValueType.String)
                return at + (count * GgufValue.SizeOf(element));
            for (var i = 0L; i < count; i++)
                at += 8 + Length(at);
            return at;
        }
    }
}
