using System.Buffers;
using System.Text;

namespace Edge.Inference.Tokenizers;

/// <summary>A stretch of a prompt.</summary>
/// <param name="ParseSpecial">Whether the written form of control tokens in it becomes those tokens: true for what the
/// program wrote, false for what came from notes or people.</param>
public readonly record struct PromptPart(string Text, bool ParseSpecial);

/// <summary>Text to token ids and back. Immutable and safe to share between threads.</summary>
public abstract class Tokenizer
{
    public abstract int VocabSize { get; }

    /// <summary>Beginning of sequence, or null where the vocabulary has none.</summary>
    public abstract int? BosId { get; }

    /// <summary>End of sequence, or null where the vocabulary has none.</summary>
    public abstract int? EosId { get; }

    /// <summary>Whether a prompt starts with BOS when the caller does not say.</summary>
    public abstract bool AddBos { get; }

    /// <summary>Whether encoding puts a space before the first word, which decoding after BOS takes away again.</summary>
    public abstract bool AddsSpacePrefix { get; }

    /// <summary>Whether this token ends generation (end of sequence, end of turn, end of text).</summary>
    public abstract bool IsEnd(int id);

    /// <summary>
    /// Encodes any text; nothing is lost: unknown characters become byte tokens where the vocabulary has them. Linear
    /// or n log n in the length, whatever the text.
    /// </summary>
    /// <param name="text">Unpaired surrogates are encoded as U+FFFD.</param>
    /// <param name="addBos">Null follows <see cref="AddBos"/>.</param>
    /// <param name="parseSpecial">Turn the written form of control tokens ("&lt;|im_start|&gt;") into those tokens. Never for
    /// text that comes from notes or people.</param>
    public abstract int[] Encode(string text, bool? addBos = null, bool parseSpecial = false);

    /// <summary>
    /// Encodes the parts as if they were one text, except that control tokens are only found within parts that allow
    /// it. Without control tokens in the text the result is that of encoding the joined text.
    /// </summary>
    /// <param name="addBos">Null follows <see cref="AddBos"/>.</param>
    public abstract int[] Encode(IReadOnlyList<PromptPart> parts, bool? addBos = null);

    /// <summary>The bytes this token adds to the text; empty for control tokens. Not always whole UTF-8 characters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public abstract ReadOnlySpan<byte> TokenBytes(int id);

    /// <summary>The token as the vocabulary writes it ("▁the", "Ġthe", "&lt;0x0A&gt;"): for people, not for joining.</summary>
    public abstract string Piece(int id);

    /// <summary>The text of a run of tokens; invalid UTF-8 becomes U+FFFD. The space that a SentencePiece vocabulary puts
    /// before the first word is dropped when the run starts with BOS.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var joined = new ArrayBufferWriter<byte>();
        var dropSpace = AddsSpacePrefix && ids.Length > 0 && ids[0] == BosId;
        foreach (var id in ids)
        {
            var bytes = TokenBytes(id);
            if (dropSpace && bytes.Length > 0)
            {
                bytes = bytes[0] == (byte)' ' ? bytes[1..] : bytes;
                dropSpace = false;
            }
            joined.Write(bytes);
        }
        return Encoding.UTF8.GetString(joined.WrittenSpan);
    }
}
