using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Edge.Conversion.Onnx;

/// <summary>Writes one protobuf message into memory, field by field.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public ReadOnlyMemory<byte> Bytes => buffer.WrittenMemory;

    public ProtoWriter Integer(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public ProtoWriter Float(int field, float value)
    {
        Varint(((ulong)field << 3) | 5);
        BinaryPrimitives.WriteSingleLittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Data(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter message) => Data(field, message.Bytes.Span);

    public ProtoWriter Data(int field, ReadOnlySpan<byte> value)
    {
        Start(field, value.Length);
        buffer.Write(value);
        return this;
    }

    /// <summary>The tag and length of a field whose bytes the caller writes itself, right after this message.</summary>
    public ProtoWriter Start(int field, long length)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)length);
        return this;
    }

    /// <summary>The fields of another message, after those of this one.</summary>
    public ProtoWriter Append(ProtoWriter fields)
    {
        buffer.Write(fields.Bytes.Span);
        return this;
    }

    private void Varint(ulong value)
    {
        do
        {
            var rest = value >> 7;
            buffer.GetSpan(1)[0] = (byte)((value & 0x7F) | (rest == 0 ? 0u : 0x80u));
            buffer.Advance(1);
            value = rest;
        } while (value != 0);
    }
}
