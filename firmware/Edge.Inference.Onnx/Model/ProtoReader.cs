using System.Text;

namespace Edge.Inference.Onnx.Model;

/// <summary>How a protobuf field is written; the numbers are the format's.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Walks the fields of one protobuf message. Nothing is believed: each tag, length and number is checked before use, and
/// a message never reads beyond its own end.
/// </summary>
internal ref struct ProtoReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> file;
    private readonly string fileName;
    private readonly string what;
    private readonly int end;
    private int position;

    private ProtoReader(ReadOnlySpan<byte> file, string fileName, string what, int start, int end, int depth)
    {
        this.file = file;
        this.fileName = fileName;
        this.what = what;
        this.end = end;
        position = start;
        Depth = depth;
    }

    /// <summary>A reader of the whole file.</summary>
    /// <param name="fileName">How messages call the file.</param>
    public ProtoReader(ReadOnlySpan<byte> file, string fileName)
        : this(file, fileName, "the model", 0, file.Length, 0) { }

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    public WireType Wire { get; private set; }

    private int Depth { get; }

    /// <summary>Moves to the next field, whose value must then be read or skipped; false after the last.</summary>
    public bool Next()
    {
        if (position == end)
            return false;
        var tag = Varint();
        var wire = (int)(tag & 7);
        if (wire is not (0 or 1 or 2 or 5))
            throw Bad($"{what} has a field of kind {wire} at {position:N0}, which ONNX does not use");
        if (tag >> 3 is 0 or > 0x1FFFFFFF)
            throw Bad($"{what} has a field with the number {tag >> 3:N0} at {position:N0}");
        (Field, Wire) = ((int)(tag >> 3), (WireType)wire);
        return true;
    }

    /// <summary>Passes over the value of a field that does not matter.</summary>
    public void Skip()
    {
        switch (Wire)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Bytes:
                Length();
                break;
            default:
                Advance(Wire == WireType.Fixed64 ? 8 : 4);
                break;
        }
    }

    public long Integer()
    {
        Expect(WireType.Varint);
        return (long)Varint();
    }

    /// <summary>The field as a message of its own.</summary>
    public ProtoReader Message(string called)
    {
        if (Depth == OnnxLimits.DepthMax)
            throw Bad($"{called} lies more than {OnnxLimits.DepthMax} messages deep");
        var length = Length();
        return new ProtoReader(file, fileName, called, position - length, position, Depth + 1);
    }

    /// <summary>Passes over a field of bytes.</summary>
    /// <returns>Its length.</returns>
    public int Length()
    {
        Expect(WireType.Bytes);
        var length = Varint();
        if (length > (ulong)(end - position))
            throw Bad($"a field of {what} needs {length:N0} bytes at {position:N0}, there are {end - position:N0}");
        position += (int)length;
        return (int)length;
    }

    public string Text(string called, int bytesMax = OnnxLimits.NameBytesMax)
    {
        var length = Length();
        if (length > bytesMax)
            throw Bad($"{called} has {length:N0} bytes; at most {bytesMax:N0} are read");
        try
        {
            return StrictUtf8.GetString(file.Slice(position - length, length));
        }
        catch (DecoderFallbackException)
        {
            throw Bad($"{called} is not valid UTF-8");
        }
    }

    /// <summary>Adds one integer, or a packed run of them, which is the other way to write a repeated field.</summary>
    public void Integers(string called, List<long> values, int countMax)
    {
        if (Wire == WireType.Varint)
        {
            values.Add((long)Varint());
        }
        else
        {
            var length = Length();
            var run = new ProtoReader(file, fileName, called, position - length, position, Depth);
            while (run.position < run.end && values.Count <= countMax)
                values.Add((long)run.Varint());
        }
        if (values.Count > countMax)
            throw Bad($"{called} has more than {countMax:N0} numbers");
    }

    /// <summary>The refusal of a file that is whole, but not what Edge runs.</summary>
    public readonly ModelFormatException Refused(string message) => new($"{fileName}: {message}");

    public readonly ModelFormatException Bad(string message) =>
        new($"{fileName}: {message}: the file is damaged or not ONNX. Copy or export it again.");

    private readonly void Expect(WireType expected)
    {
        if (Wire != expected)
            throw Bad($"field {Field} of {what} is of kind {(int)Wire}, expected {(int)expected}");
    }

    private void Advance(int bytes)
    {
        if (bytes > end - position)
            throw Bad($"{what} ends within a number at {position:N0}");
        position += bytes;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            Advance(1);
            var part = file[position - 1];
            if (shift == 63 && part > 1)
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
        throw Bad($"{what} has a number of more than 64 bits at {position:N0}");
    }
}
