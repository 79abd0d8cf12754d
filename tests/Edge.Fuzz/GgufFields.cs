using System.Buffers.Binary;

namespace Edge.Fuzz;

/// <summary>Finds where a good GGUF has its numbers: counts, lengths, types, dimensions, offsets, values.</summary>
internal sealed class GgufFields
{
    private readonly byte[] bytes;
    private readonly List<(int At, int Bytes)> fields = [];
    private int at = 4;

    private GgufFields(byte[] bytes) => this.bytes = bytes;

    /// <param name="structure">Bytes before the tensor data.</param>
    public static List<(int At, int Bytes)> Of(byte[] bytes, out int structure)
    {
        var walk = new GgufFields(bytes);
        walk.Number(4);
        var tensors = walk.Number(8);
        var pairs = walk.Number(8);
        for (var i = 0UL; i < pairs; i++)
        {
            walk.Text();
            walk.Value((int)walk.Number(4));
        }
        for (var i = 0UL; i < tensors; i++)
        {
            walk.Text();
            for (var dims = walk.Number(4); dims > 0; dims--)
                walk.Number(8);
            walk.Number(4);
            walk.Number(8);
        }
        structure = walk.at;
        return walk.fields;
    }

    private ulong Number(int size)
    {
        fields.Add((at, size));
        var value = size switch
        {
            1 => bytes[at],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)),
        };
        at += size;
        return value;
    }

    private void Text()
    {
        var length = (int)Number(8);
        at += length;
    }

    private void Value(int type)
    {
        int[] sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
        if (type == 8)
        {
            Text();
        }
        else if (type == 9)
        {
            var element = (int)Number(4);
            var before = fields.Count;
            for (var count = Number(8); count > 0; count--)
                Value(element);
            // A vocabulary has hundreds of lengths: a few of them will do.
            if (fields.Count > before + 10)
                fields.RemoveRange(before + 10, fields.Count - before - 10);
        }
        else
        {
            Number(sizes[type]);
        }
    }
}
