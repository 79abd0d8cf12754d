using System.Security.Cryptography;
using System.Text;

namespace Edge.Training.Data;

/// <summary>
/// Tokenises files once: the tokens lie in a folder, under the SHA-256 of the file's bytes, the tokenizer and how the file
/// is read. What is damaged or missing there is made again.
/// </summary>
/// <param name="folder">Null keeps nothing on disk.</param>
internal sealed class TokenCache(TrainingTokenizer tokenizer, EncoderPool encoders, string? folder, int threads)
{
    /// <summary>Changes when the same file would give other tokens.</summary>
    private const int Version = 1;

    /// <summary>Characters that a thread takes at once.</summary>
    private const int ChunkChars = 256 * 1024;

    private sealed record Encoded(List<int> Tokens, long Bytes, ulong Hash);

    /// <param name="sha256">Of the file.</param>
    /// <param name="format">"text" or "lines".</param>
    public TokenStore Open(string path, string sha256, string format, Func<string, IEnumerable<string>> read)
    {
        var key = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Version} {sha256} {tokenizer.Sha256} {format}"))
        );
        var cached = folder is null ? null : Path.Combine(folder, key[..32] + ".tokens");
        if (cached is not null && TokenStore.Load(cached) is { } known)
            return known;
        var store = Build(path, read);
        if (cached is not null)
        {
            Directory.CreateDirectory(folder!);
            store.Save(cached);
        }
        return store;
    }

    /// <summary>Of any documents, kept in memory only.</summary>
    /// <param name="name">For messages.</param>
    public TokenStore Build(string name, Func<string, IEnumerable<string>> read)
    {
        var builder = new TokenStore.Builder(tokenizer.Tokenizer.VocabSize);
        foreach (var document in InOrder(Chunks(read(name))).SelectMany(chunk => chunk))
        {
            if (!builder.TryAdd(Span(document.Tokens), document.Bytes, document.Hash))
                throw TrainingDataException.In(
                    name,
                    $"has more than {TokenStore.TokensMax:N0} tokens. Split it into several files."
                );
        }
        return builder.Build();
    }

    /// <summary>Encodes a few chunks at a time on other threads and gives them back in their order.</summary>
    private IEnumerable<List<Encoded>> InOrder(IEnumerable<List<string>> chunks)
    {
        var running = new Queue<Task<List<Encoded>>>();
        foreach (var chunk in chunks)
        {
            running.Enqueue(Task.Run(() => Encode(chunk)));
            if (running.Count > threads)
                yield return running.Dequeue().GetAwaiter().GetResult();
        }
        while (running.TryDequeue(out var last))
            yield return last.GetAwaiter().GetResult();
    }

    private static ReadOnlySpan<int> Span(List<int> tokens) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tokens);

    private static IEnumerable<List<string>> Chunks(IEnumerable<string> documents)
    {
        var chunk = new List<string>();
        var chars = 0;
        foreach (var document in documents)
        {
            chunk.Add(document);
            chars += document.Length;
            if (chars < ChunkChars)
                continue;
            yield return chunk;
            chunk = [];
            chars = 0;
        }
        if (chunk.Count > 0)
            yield return chunk;
    }

    private List<Encoded> Encode(List<string> chunk)
    {
        var encoder = encoders.Take();
        var encoded = new List<Encoded>(chunk.Count);
        foreach (var document in chunk)
        {
            encoded.Add(
                new Encoded(encoder.Encode(document), Encoding.UTF8.GetByteCount(document), TextHash.Of(document))
            );
        }
        encoders.Return(encoder);
        return encoded;
    }
}
