using System.Globalization;
using System.Text;
using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Tokenizing;

/// <summary>
/// A vocabulary as a file of its own: a GGUF without tensors, and beside it a listing for people with the same name
/// and the ending .txt. TokenizerFile.Open reads it back.
/// </summary>
public static class BytePairFile
{
    /// <summary>Keys of a vocabulary in any GGUF.</summary>
    private const string KeyPrefix = "tokenizer.";

    /// <summary>Refuses a path that cannot be written, before hours of work rather than after.</summary>
    /// <exception cref="ArgumentException">The name does not end in .gguf.</exception>
    /// <exception cref="IOException">The folder is missing, or nothing can be written there.</exception>
    public static void CheckWritable(string path)
    {
        if (!path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"the tokenizer's file must end in .gguf, got {path}");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(folder))
            throw new IOException($"{path}: there is no folder {folder}: make it first");
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: name a file in it");
        foreach (var target in new[] { path, ListingPath(path) })
        {
            var probe = Temporary(target);
            try
            {
                File.WriteAllBytes(probe, []);
                File.Delete(probe);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"{path}: nothing can be written in {folder}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>
    /// Writes both files under other names, flushes them to the disk, reads the vocabulary back and compares it, then gives
    /// them their names. On trouble the files that had those names before are as they were.
    /// </summary>
    /// <returns>The path of the listing.</returns>
    /// <exception cref="IOException">The disk is full or may not be written, or what was read back differs.</exception>
    public static string Save(BytePairVocabulary vocabulary, string path)
    {
        CheckWritable(path);
        var (gguf, listing) = (Temporary(path), Temporary(ListingPath(path)));
        try
        {
            vocabulary.WriteTo(new GgufWriter().Set("general.architecture", "llama")).Save(gguf);
            Verify(vocabulary, gguf);
            WriteListing(vocabulary, listing);
            File.Move(listing, ListingPath(path), overwrite: true);
            File.Move(gguf, path, overwrite: true);
            return ListingPath(path);
        }
        catch (IOException exception)
        {
            throw new IOException($"{path} was not written: {exception.Message}", exception);
        }
        finally
        {
            File.Delete(gguf);
            File.Delete(listing);
        }
    }

    /// <summary>Adds all that a file, a vocabulary alone or a model, says about its tokenizer.</summary>
    /// <exception cref="Edge.Inference.ModelFormatException">It is no GGUF, or has no tokenizer inside.</exception>
    /// <param name="except">A key that the caller writes itself.</param>
    public static GgufWriter CopyKeys(string path, GgufWriter writer, string? except = null)
    {
        using var gguf = GgufFile.Open(path);
        var found = false;
        foreach (var (key, value) in gguf.Metadata)
        {
            if (!key.StartsWith(KeyPrefix, StringComparison.Ordinal) || key == except)
                continue;
            writer.Copy(key, value);
            found = true;
        }
        return found ? writer : throw gguf.File.Bad("has no tokenizer inside. Make one with edge tokenizer train.");
    }

    /// <summary>The listing beside a vocabulary.</summary>
    public static string ListingPath(string path) => Path.ChangeExtension(path, ".txt");

    private static string Temporary(string path) => path + ".new";

    private static void Verify(BytePairVocabulary vocabulary, string path)
    {
        var read = TokenizerFile.Open(path, vocabulary.Count);
        if (read.BosId != vocabulary.BosId || read.EosId != vocabulary.EosId || read.AddBos != vocabulary.AddBos)
            throw new IOException("the special tokens read back differ from those written; try again, or another disk");
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (read.Piece(id) != vocabulary.Tokens[id].Text)
                throw new IOException(
                    $"token {id:N0} read back differs from what was written; try again, or another disk"
                );
        }
    }

    /// <summary>A line a token: id, what it stands for, the two tokens it was merged of, how often that pair stood in the text.</summary>
    private static void WriteListing(BytePairVocabulary vocabulary, string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        using (var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
        {
            writer.WriteLine("# id\ttoken\tmerged of\ttimes");
            for (var id = 0; id < vocabulary.Count; id++)
                writer.WriteLine(Line(vocabulary, id));
        }
        stream.Flush(flushToDisk: true);
    }

    private static string Line(BytePairVocabulary vocabulary, int id)
    {
        var token = vocabulary.Tokens[id];
        var text = TokenText.Show(token);
        var times = token.Times > 0 ? string.Create(CultureInfo.InvariantCulture, $"\t{token.Times}") : "";
        return token.Left < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{id}\t{text}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{id}\t{text}\t{token.Left} {TokenText.Show(vocabulary.Tokens[token.Left])} + {token.Right} {TokenText.Show(vocabulary.Tokens[token.Right])}{times}"
            );
    }
}
