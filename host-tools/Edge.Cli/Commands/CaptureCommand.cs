using System.CommandLine;
using System.Text;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Notes;

namespace Edge.Cli.Commands;

/// <summary>edge capture: stores a new note, from a file or standard input.</summary>
internal static class CaptureCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "a text file; - or nothing reads standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var place = new PlaceOptions();
        var json = Options.Json();

        return new EdgeCommand(
            "capture",
            "Store a new note, from a file or standard input; prints its path.",
            "echo \"Boiler: serviced today, next in May\" | edge capture"
        )
            .With(file)
            .With([json, .. place.All])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var source = parsed.GetValue(file) ?? "-";
                    var text =
                        source == "-"
                            ? await terminal.ReadInputAsync(cancellation).ConfigureAwait(false)
                            : await ReadFileAsync(source, cancellation).ConfigureAwait(false);
                    if (string.IsNullOrWhiteSpace(text))
                        throw new ArgumentException("there is nothing to capture: the text is empty");
                    var notes = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    await using (notes.ConfigureAwait(false))
                    {
                        var path = await notes.CaptureAsync(text, cancellation).ConfigureAwait(false);
                        if (parsed.GetValue(json))
                            terminal.PrintJson(new CaptureResult(path), Json.Types.CaptureResult);
                        else
                            terminal.Print(path);
                        return ExitCode.Done;
                    }
                }
            );
    }

    /// <summary>The file's text; a byte that is not UTF-8 is refused rather than lost.</summary>
    private static async Task<string> ReadFileAsync(string path, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: name a text file, or use edge sync for a folder of notes");
        var length = new FileInfo(path).Length;
        if (length > Vault.NoteBytesMax)
            throw new IOException(
                $"{path} has {length:N0} bytes, a note holds at most {Vault.NoteBytesMax:N0}: split it"
            );
        var bytes = await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new IOException(
                $"{path} is not UTF-8 text (byte {exception.Index:N0}): save it as UTF-8, then capture it again",
                exception
            );
        }
    }
}
