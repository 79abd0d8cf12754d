using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Edge.Training.Data;

/// <summary>Hashes that choices and names are made by.</summary>
internal static class TextHash
{
    /// <summary>The first 8 bytes of the SHA-256 of the text in UTF-8, little endian.</summary>
    public static ulong Of(string text) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>64 hexadecimal digits.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>64 hexadecimal digits.</summary>
    public static string Sha256OfFile(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>A hash as a number from 0 to 1.</summary>
    public static double Share(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));
}
