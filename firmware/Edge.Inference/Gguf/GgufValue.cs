using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Edge.Inference.Gguf;

/// <summary>GGUF's numbers for the types of metadata values.</summary>
public enum GgufValueType
{
    U8 = 0,
    I8 = 1,
    U16 = 2,
    I16 = 3,
    U32 = 4,
    I32 = 5,
    F32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    U64 = 10,
    I64 = 11,
    F64 = 12,
}

/// <summary>
/// One metadata value. Numbers and strings are held; an array stays in the mapped file and is read from there, so it
/// is gone when the file is disposed.
/// </summary>
public sealed class GgufValue
{
    private readonly object held;
    private readonly MappedFile? file;
    private readonly long offset;

    internal GgufValue(GgufValueType type, object held)
    {
        Type = type;
        this.held = held;
    }

    internal GgufValue(GgufValueType elementType, int count, MappedFile file, long offset)
    {
        Type = GgufValueType.Array;
        ElementType = elementType;
        Count = count;
        held = "";
        this.file = file;
        this.offset = offset;
    }

    public GgufValueType Type { get; }

    /// <summary>Of an array.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Elements of an array.</summary>
    public int Count { get; }

    /// <summary>"u32", "array of string (512)": for messages and listings.</summary>
    public string TypeText =>
        Type == GgufValueType.Array ? $"array of {NameOf(ElementType)} ({Count:N0})" : NameOf(Type);

    /// <summary>Any integer type; false for the rest and for values beyond 63 bits.</summary>
    public bool TryGetInteger(out long value)
    {
        value = held is long integer ? integer : 0;
        return held is long;
    }

    /// <summary>Any number type.</summary>
    public bool TryGetNumber(out double value)
    {
        value = held switch
        {
            double number => number,
            long integer => integer,
            ulong large => large,
            _ => 0,
        };
        return held is double or long or ulong;
    }

    public bool TryGetString(out string value)
    {
        value = Type == GgufValueType.String ? (string)held : "";
        return Type == GgufValueType.String;
    }

    public bool TryGetBool(out bool value)
    {
        value = held is true;
        return held is bool;
    }

    /// <summary>The value printed for people: control characters escaped, long arrays and strings shortened.</summary>
    public string Describe(int itemsMax = 8, int charsMax = 120)
    {
        if (Type != GgufValueType.Array)
            return DescribeOne(held, charsMax);

        var text = new StringBuilder("[");
        var at = offset;
        for (var i = 0; i < Math.Min(Count, itemsMax); i++)
        {
            if (i > 0)
                text.Append(", ");
            var item = ReadOne(file!, ElementType, ref at);
            text.Append(item is string s ? $"\"{Printable.Show(s, charsMax)}\"" : DescribeOne(item, charsMax));
        }
        return text.Append(Count > itemsMax ? $", … {Count:N0} in all]" : "]").ToString();
    }

    /// <summary>The elements of an array of strings, in UTF-8 as written.</summary>
    internal GgufStrings Strings() =>
        Type == GgufValueType.Array && ElementType == GgufValueType.String
            ? new GgufStrings(file!, offset, Count)
            : throw new InvalidOperationException($"a {TypeText} is not an array of strings");

    /// <summary>The elements of an array of numbers; null for other types.</summary>
    internal double[]? Numbers()
    {
        if (Type != GgufValueType.Array || ElementType is GgufValueType.String or GgufValueType.Bool)
            return null;
        var numbers = new double[Count];
        var at = offset;
        for (var i = 0; i < numbers.Length; i++)
        {
            var item = ReadOne(file!, ElementType, ref at);
            numbers[i] = item switch
            {
                double number => number,
                long integer => integer,
                _ => (double)(ulong)item,
            };
        }
        return numbers;
    }

    /// <summary>The value as a file holds it, without its key and type. Text that was not valid UTF-8 comes out repaired,
    /// except in arrays.</summary>
    internal void WriteTo(IBufferWriter<byte> to)
    {
        if (Type != GgufValueType.Array)
        {
            WriteScalar(to);
            return;
        }
        WriteNumber(to, GgufValueType.U32, (ulong)ElementType);
        WriteNumber(to, GgufValueType.U64, (ulong)Count);
        if (ElementType != GgufValueType.String)
        {
            for (long at = 0, all = (long)Count * SizeOf(ElementType); at < all; )
            {
                var part = file!.Span(offset + at, (int)Math.Min(all - at, 1 << 20));
                to.Write(part);
                at += part.Length;
            }
            return;
        }
        var strings = Strings();
        while (strings.Next(out var utf8))
        {
            WriteNumber(to, GgufValueType.U64, (ulong)utf8.Length);
            to.Write(utf8);
        }
    }

    /// <summary>Bytes of one value; 0 for strings and arrays, whose size varies; -1 for unknown types.</summary>
    internal static int SizeOf(GgufValueType type) =>
        type switch
        {
            GgufValueType.U8 or GgufValueType.I8 or GgufValueType.Bool => 1,
            GgufValueType.U16 or GgufValueType.I16 => 2,
            GgufValueType.U32 or GgufValueType.I32 or GgufValueType.F32 => 4,
            GgufValueType.U64 or GgufValueType.I64 or GgufValueType.F64 => 8,
            GgufValueType.String or GgufValueType.Array => 0,
            _ => -1,
        };

    /// <summary>Reads a scalar or string whose bytes are known to be in the file: long, ulong (above 63 bits), double,
    /// bool or string.</summary>
    internal static object ReadOne(MappedFile file, GgufValueType type, ref long at)
    {
        if (type == GgufValueType.String)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.Span(at, 8));
            var text = Encoding.UTF8.GetString(file.Span(at + 8, length));
            at += 8 + length;
            return text;
        }
        var bytes = file.Span(at, SizeOf(type));
        at += bytes.Length;
        return type switch
        {
            GgufValueType.U8 => (long)bytes[0],
            GgufValueType.I8 => (long)(sbyte)bytes[0],
            GgufValueType.U16 => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GgufValueType.I16 => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GgufValueType.U32 => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            GgufValueType.I32 => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            GgufValueType.F32 => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            GgufValueType.Bool => bytes[0] != 0,
            GgufValueType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes) is var u && u <= long.MaxValue
                ? (object)(long)u
                : u,
            GgufValueType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };
    }

    private void WriteScalar(IBufferWriter<byte> to)
    {
        if (held is string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            WriteNumber(to, GgufValueType.U64, (ulong)utf8.Length);
            to.Write(utf8);
            return;
        }
        WriteNumber(
            to,
            Type,
            held switch
            {
                bool flag => flag ? 1u : 0u,
                long integer => (ulong)integer,
                ulong large => large,
                double number when Type == GgufValueType.F32 => BitConverter.SingleToUInt32Bits((float)number),
                var number => BitConverter.DoubleToUInt64Bits((double)number),
            }
        );
    }

    /// <summary>The low bytes of the bits, as many as the type has.</summary>
    private static void WriteNumber(IBufferWriter<byte> to, GgufValueType type, ulong bits)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
        to.Write(bytes[..SizeOf(type)]);
    }

    private static string NameOf(GgufValueType type) =>
        type switch
        {
            GgufValueType.U8 => "u8",
            GgufValueType.I8 => "i8",
            GgufValueType.U16 => "u16",
            GgufValueType.I16 => "i16",
            GgufValueType.U32 => "u32",
            GgufValueType.I32 => "i32",
            GgufValueType.F32 => "f32",
            GgufValueType.Bool => "bool",
            GgufValueType.String => "string",
            GgufValueType.U64 => "u64",
            GgufValueType.I64 => "i64",
            GgufValueType.F64 => "f64",
            _ => "array",
        };

    private static string DescribeOne(object value, int charsMax) =>
        value switch
        {
            bool b => b ? "true" : "false",
            string s => Printable.Show(s, charsMax),
            double d => ((float)d).ToString(CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
}

/// <summary>Walks an array of strings in the mapped file without making strings of them. Checked when the file was opened.</summary>
internal struct GgufStrings(MappedFile file, long offset, int count)
{
    private long at = offset;
    private int left = count;

    /// <summary>The next element's UTF-8; false after the last.</summary>
    public bool Next(out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (left == 0)
            return false;
        left--;
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.Span(at, 8));
        utf8 = file.Span(at + 8, length);
        at += 8 + length;
        return true;
    }
}
