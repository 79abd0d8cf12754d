using System.Security.Cryptography;

namespace Edge.Notes;

/// <summary>What a note's bytes are called: SHA-256 in lower-case hexadecimal, 64 characters.</summary>
public static class ContentHash
{
    public static string Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Of all that is left in the stream.</summary>
    public static string Of(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
