using System.Buffers.Binary;

namespace Edge.Fuzz;

/// <summary>Damages bytes: some without a thought, some where a format has its numbers.</summary>
internal static class Mutator
{
    /// <summary>Numbers that readers have stumbled over: edges of types, of limits, of products.</summary>
    public static readonly ulong[] Numbers =
    [
        0,
        1,
        2,
        3,
        7,
        31,
        32,
        33,
        64,
        127,
        128,
        255,
        256,
        1_024,
        4_096,
        65_535,
        65_536,
        1_048_576,
        16_777_216,
        0x7FFF_FFFF,
        0x8000_0000,
        0xFFFF_FFF0,
        0xFFFF_FFFF,
        0x1_0000_0000,
        1UL << 40,
        1UL << 62,
        (1UL << 63) - 1,
        1UL << 63,
        ulong.MaxValue - 31,
        ulong.MaxValue,
        0x7FC0_0000,
        0x7F80_0000,
    ];

    /// <param name="structure">Bytes at the start where most damage goes.</param>
    /// <param name="fields">Where numbers are, and how many bytes they have.</param>
    public static byte[] Damage(byte[] bytes, int structure, IReadOnlyList<(int At, int Bytes)> fields, Random random)
    {
        var damaged = bytes.ToArray();
        for (var changes = 1 + (random.Next(3) * random.Next(2)); changes > 0 && damaged.Length > 0; changes--)
        {
            if (fields.Count > 0 && random.Next(2) == 0)
                Field(damaged, fields[random.Next(fields.Count)], random);
            else
                damaged = Bytes(damaged, structure, random);
        }
        return damaged;
    }

    public static byte[] Bytes(byte[] bytes, int structure, Random random)
    {
        var at = random.Next(random.Next(4) == 0 ? bytes.Length : Math.Max(1, Math.Min(bytes.Length, structure)));
        switch (random.Next(8))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
            case 3:
                Field(bytes, (at, 1 << random.Next(4)), random);
                return bytes;
            case 4:
                return bytes[..at];
            case 5:
                var length = random.Next(1, 64);
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + length)..]];
            case 6:
                var from = random.Next(bytes.Length);
                var copied = bytes[from..Math.Min(bytes.Length, from + random.Next(1, 256))];
                return [.. bytes[..at], .. copied, .. bytes[at..]];
            default:
                var other = random.Next(bytes.Length);
                bytes
                    .AsSpan(other, Math.Min(random.Next(1, 64), bytes.Length - Math.Max(at, other)))
                    .ToArray()
                    .CopyTo(bytes, at);
                return bytes;
        }
    }

    private static void Field(byte[] bytes, (int At, int Bytes) field, Random random)
    {
        Span<byte> number = stackalloc byte[8];
        var value = Numbers[random.Next(Numbers.Length)];
        if (random.Next(4) == 0 && field.At + 8 <= bytes.Length)
            value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(field.At)) + (ulong)random.Next(-2, 3);
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        if (field.At < bytes.Length)
            number[..Math.Min(field.Bytes, bytes.Length - field.At)].CopyTo(bytes.AsSpan(field.At));
    }
}
