using System.Text;

namespace Edge.Fuzz;

/// <summary>Damages JSON by its tokens: texts, numbers, words and marks are swapped, repeated and taken away.</summary>
internal static class JsonMutator
{
    private static readonly string[] Odd =
    [
        "0",
        "-1",
        "1e400",
        "-0.0",
        "1.5",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "4294967296",
        "2147483648",
        "1048576",
        "65537",
        "null",
        "true",
        "false",
        "[]",
        "{}",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"▁\"",
        "\"a b\"",
        "[\"a\",\"b\"]",
        "[1,2,3]",
        "{\"type\":\"ByteLevel\"}",
        "{\"type\":\"Sequence\"}",
        "{\"content\":\"x\"}",
        "\"../x.safetensors\"",
        "\"x\\u0000.safetensors\"",
    ];

    public static byte[] Damage(byte[] json, Random random)
    {
        var tokens = Tokens(json);
        for (var changes = 1 + (random.Next(3) * random.Next(2)); changes > 0 && tokens.Count > 0; changes--)
            Change(tokens, random);
        // Now and then the bytes themselves.
        var bytes = tokens.SelectMany(token => token).ToArray();
        return random.Next(8) == 0 && bytes.Length > 0 ? Mutator.Bytes(bytes, bytes.Length, random) : bytes;
    }

    private static void Change(List<byte[]> tokens, Random random)
    {
        // Most of a tokenizer's tokens are its vocabulary: half of the time stay where the settings are.
        var at = random.Next(random.Next(2) == 0 ? tokens.Count : Math.Min(tokens.Count, 200));
        switch (random.Next(6))
        {
            case 0:
            case 1:
                tokens[at] = Encoding.UTF8.GetBytes(Odd[random.Next(Odd.Length)]);
                break;
            case 2:
                tokens[at] = tokens[random.Next(tokens.Count)];
                break;
            case 3:
                tokens.RemoveRange(at, Math.Min(random.Next(1, 8), tokens.Count - at));
                break;
            case 4:
                tokens.InsertRange(at, tokens.GetRange(at, Math.Min(random.Next(1, 12), tokens.Count - at)));
                break;
            default:
                var deep = random.Next(1, 200);
                tokens[at] = [.. Enumerable.Repeat((byte)'[', deep), .. Enumerable.Repeat((byte)']', deep)];
                break;
        }
    }

    private static List<byte[]> Tokens(byte[] json)
    {
        var tokens = new List<byte[]>();
        for (var at = 0; at < json.Length; )
        {
            var end = at + 1;
            if (json[at] == (byte)'"')
            {
                while (end < json.Length && json[end] != (byte)'"')
                    end += json[end] == (byte)'\\' ? 2 : 1;
                end = Math.Min(json.Length, end + 1);
            }
            else if (IsWord(json[at]))
            {
                while (end < json.Length && IsWord(json[end]))
                    end++;
            }
            tokens.Add(json[at..end]);
            at = end;
        }
        return tokens;

        static bool IsWord(byte letter) =>
            letter
                is >= (byte)'a'
                    and <= (byte)'z'
                    or >= (byte)'0'
                    and <= (byte)'9'
                    or (byte)'-'
                    or (byte)'.'
                    or (byte)'+'
                    or (byte)'E';
    }
}
