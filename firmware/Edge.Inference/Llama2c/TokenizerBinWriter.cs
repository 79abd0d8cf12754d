using System.Buffers.Binary;
using Edge.Inference.Tokenizers;

namespace Edge.Inference.Llama2c;

/// <summary>Writes the tokenizer files of llama2.c, in the layout that <see cref="TokenizerBin"/> describes.</summary>
internal static class TokenizerBinWriter
{
    /// <param name="vocabulary">Spelled as llama2.c does, spaces as spaces; no token is empty.</param>
    /// <param name="scores">One for each token.</param>
    public static byte[] Write(Vocabulary vocabulary, float[] scores)
    {
        using var bytes = new MemoryStream();
        Span<byte> head = stackalloc byte[8];
        var longest = 0;
        for (var id = 0; id < vocabulary.Count; id++)
            longest = Math.Max(longest, vocabulary.Text(id).Length);
        BinaryPrimitives.WriteInt32LittleEndian(head, longest);
        bytes.Write(head[..4]);
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var text = vocabulary.Text(id);
            BinaryPrimitives.WriteSingleLittleEndian(head, scores[id]);
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], text.Length);
            bytes.Write(head);
            bytes.Write(text);
        }
        return bytes.ToArray();
    }
}
