using System.Security.Cryptography;

namespace Edge.Slots.Tests;

/// <summary>Bytes that play a model, and their manifest.</summary>
internal sealed record TestModel(SlotManifest Manifest, byte[] Model, byte[]? Tokenizer, byte[]? Fallback = null)
{
    public static TestModel Make(string name, int modelBytes = 100_000, int tokenizerBytes = 3000)
    {
        var random = new Random(name.Length * 31 + name[^1]);
        var model = new byte[modelBytes];
        random.NextBytes(model);
        var tokenizer = tokenizerBytes == 0 ? null : new byte[tokenizerBytes];
        var files = new List<SlotFile> { FileOf("model", model) };
        if (tokenizer is not null)
        {
            random.NextBytes(tokenizer);
            files.Add(FileOf("tokenizer", tokenizer));
        }
        return new TestModel(new SlotManifest(name, files, [1, 5, 9], []), model, tokenizer);
    }

    public TestModel WithFallback(int bytes = 2000)
    {
        var fallback = new byte[bytes];
        new Random(bytes).NextBytes(fallback);
        var files = Manifest.Files.Append(FileOf("fallback", fallback)).ToList();
        return this with { Manifest = Manifest with { Files = files }, Fallback = fallback };
    }

    public static SlotFile FileOf(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    public void WriteTo(SlotInstall install, int chunkBytes = 40_000)
    {
        foreach (var chunk in Model.Chunk(chunkBytes))
            install.Write("model", chunk);
        foreach (var chunk in (Tokenizer ?? []).Chunk(chunkBytes))
            install.Write("tokenizer", chunk);
        foreach (var chunk in (Fallback ?? []).Chunk(chunkBytes))
            install.Write("fallback", chunk);
    }

    public SlotInfo InstallTo(SlotStore store)
    {
        using var install = store.Begin(Manifest);
        WriteTo(install);
        return install.Finish();
    }
}
