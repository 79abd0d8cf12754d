using System.Buffers.Binary;
using Edge.Inference.Onnx;

namespace Edge.Cli.Commands;

internal enum FileKind
{
    Gguf = 1,
    Llama2cTokenizer,
    Llama2cModel,
    Onnx,
}

/// <summary>Which reader a file is for, by its first bytes; the reader then checks everything.</summary>
internal static class FileKinds
{
    /// <summary>"ak42", the first bytes of llama2.c versions 1 and 2.</summary>
    private const uint Llama2cMagic = 0x616b3432;

    private const int TokenBytesMax = 4096;

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FileKind Of(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: name a file");
        Span<byte> head = stackalloc byte[12];
        using var file = File.OpenRead(path);
        var got = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        head = head[..got];
        if (head.StartsWith("GGUF"u8))
            return FileKind.Gguf;
        if (LanguageModels.IsOnnx(path))
            return FileKind.Onnx;
        return got == 12 && LooksLikeTokenizer(head) ? FileKind.Llama2cTokenizer : FileKind.Llama2cModel;
    }

    /// <summary>
    /// A tokenizer starts with its longest token's length, a score and a length within it. A version 0 model starts with
    /// its dimensions: width, feed-forward width, layers; read as a score, that width is no number of ordinary size.
    /// </summary>
    private static bool LooksLikeTokenizer(ReadOnlySpan<byte> head)
    {
        var longest = BinaryPrimitives.ReadUInt32LittleEndian(head);
        var score = BinaryPrimitives.ReadSingleLittleEndian(head[4..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        return longest != Llama2cMagic
            && longest is > 0 and <= TokenBytesMax
            && (score == 0 || (float.IsFinite(score) && Math.Abs(score) > 1e-30f))
            && length >= 1
            && length <= longest;
    }
}
