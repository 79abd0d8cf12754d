using System.IO.Compression;
using System.Text;

namespace Edge.Training.Tests.Data;

internal static class Gzip
{
    public static byte[] Of(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
