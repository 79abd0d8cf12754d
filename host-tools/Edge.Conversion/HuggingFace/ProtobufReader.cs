using System.Buffers.Binary;
using Edge.Inference;

namespace Edge.Conversion.HuggingFace;

/// <summary>Walks the fields of one protobuf message. Every length is held against what is left before it is used.</summary>
/// <param name="bytes">The message.</param>
/// <param name="file">Its name, for messages.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string file)
{
    private ReadOnlySpan<byte> left = bytes;
    private readonly string name = file;

    /// <summary>The number of the field whose value is next.</summary>
    public int Field { get; private set; }

    private int wire;

    /// <summary>Goes to the next field; false at the end. The value of the one before must be read or skipped.</summary>
    public bool Next()
    {
        if (left.IsEmpty)
            return false;
        var tag = ReadVarint();
        var number = tag >> 3;
        if (number is 0 or > 536_870_911)
            throw Bad($"has a field with the number {number:N0}");
        (Field, wire) = ((int)number, (int)(tag & 7));
        return true;
    }

    public ulong Varint()
    {
        Need(0, "a whole number");
        return ReadVarint();
    }

    public float Float()
    {
        Need(5, "a number");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>A text, bytes or a message within this one.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Need(2, "bytes");
        return TakeCounted();
    }

    public void Skip()
    {
        switch (wire)
        {
            case 0:
                ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                TakeCounted();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Bad($"has field {Field} of wire type {wire}, which is none in use");
        }
    }

    private void Need(int expected, string what)
    {
        if (wire != expected)
            throw Bad($"has field {Field} of wire type {wire} where {what} should be");
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var i = 0; i < Math.Min(10, left.Length); i++)
        {
            value |= (ulong)(left[i] & 0x7F) << (7 * i);
            if (left[i] >= 0x80)
                continue;
            left = left[(i + 1)..];
            return value;
        }
        throw Bad(left.Length < 10 ? "ends within a number" : "has a number of more than 64 bits");
    }

    private ReadOnlySpan<byte> TakeCounted()
    {
        var length = ReadVarint();
        if (length > (ulong)left.Length)
            throw Bad($"has {length:N0} bytes in field {Field}, but only {left.Length:N0} are left");
        return Take((int)length);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > left.Length)
            throw Bad($"ends within field {Field}");
        var taken = left[..count];
        left = left[count..];
        return taken;
    }

    private readonly ModelFormatException Bad(string trouble) =>
        new($"{name}: is not a SentencePiece model, or a damaged one: it {trouble}. Copy it again.");
}
