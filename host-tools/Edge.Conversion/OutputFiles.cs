namespace Edge.Conversion;

/// <summary>The files of one conversion under temporary names beside their own, until they are kept or discarded.</summary>
internal sealed class OutputFiles
{
    public const string TemporaryEnding = ".partial";

    private readonly string path;
    private readonly byte[]? companion;

    /// <param name="companion">A small file that belongs in the same folder.</param>
    /// <exception cref="IOException">Another companion is there already: it may belong to another model.</exception>
    public OutputFiles(string path, (string Name, byte[] Bytes)? companion)
    {
        this.path = path;
        if (companion is not { } wanted)
            return;
        CompanionPath = Path.Combine(Path.GetDirectoryName(path) ?? "", wanted.Name);
        if (!File.Exists(CompanionPath))
            this.companion = wanted.Bytes;
        else if (!File.ReadAllBytes(CompanionPath).AsSpan().SequenceEqual(wanted.Bytes))
            throw new IOException(
                $"{CompanionPath} is there and is another tokenizer than this model's: write the model into another folder"
            );
    }

    public string ModelTemporary => path + TemporaryEnding;

    /// <summary>Where the companion is until it is kept: beside the model, or already in its place.</summary>
    public string? CompanionTemporary => companion is null ? CompanionPath : CompanionPath + TemporaryEnding;

    /// <summary>Null when there is none.</summary>
    public string? CompanionPath { get; }

    /// <param name="bytes">What the model will have; 0 when not known. The room is taken at once, so that a full disk is
    /// known before the work.</param>
    public void Write(Action<Stream> writeModel, long bytes)
    {
        if (companion is not null)
            WriteFile(CompanionTemporary!, companion.Length, stream => stream.Write(companion));
        WriteFile(ModelTemporary, bytes, writeModel);
    }

    /// <summary>Gives both their names; the model last, because it is the one that is looked for.</summary>
    public void Keep()
    {
        if (companion is not null)
            File.Move(CompanionTemporary!, CompanionPath!, overwrite: true);
        File.Move(ModelTemporary, path, overwrite: true);
    }

    /// <summary>Takes away what there is of both; never throws, because it runs when something else did.</summary>
    public void Discard()
    {
        Delete(ModelTemporary);
        if (companion is not null)
            Delete(CompanionTemporary!);
    }

    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that is not there, or a disk that is gone: nothing of ours is left in it.
        }
    }

    private static void WriteFile(string temporary, long bytes, Action<Stream> write)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            PreallocationSize = bytes,
        };
        using var stream = new FileStream(temporary, options);
        write(stream);
        stream.Flush(flushToDisk: true);
    }
}
