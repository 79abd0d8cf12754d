namespace Edge.Cli.Demo;

/// <param name="Tokenizer">For a llama2.c model.</param>
internal sealed record DemoModel(string Path, string? Tokenizer)
{
    /// <summary>
    /// The model that the demo flashes: a shipped one (models/**.gguf), else the small story model among the reference
    /// material beside the checkout, else null.
    /// </summary>
    public static DemoModel? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var models = System.IO.Path.Combine(folder.FullName, "models");
            if (Directory.Exists(models) && Shipped(models) is { } shipped)
                return new DemoModel(shipped, null);
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "Edge.sln")))
                continue;
            var beside = System.IO.Path.Combine(folder.Parent?.FullName ?? folder.FullName, "shared", "models");
            var model = System.IO.Path.Combine(beside, "stories260K.bin");
            var tokenizer = System.IO.Path.Combine(beside, "tok512.bin");
            return File.Exists(model) && File.Exists(tokenizer) ? new DemoModel(model, tokenizer) : null;
        }
        return null;
    }

    private static string? Shipped(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.gguf", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
}
