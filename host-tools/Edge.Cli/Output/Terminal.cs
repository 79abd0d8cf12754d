using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Edge.Cli.Output;

/// <summary>
/// Where a command reads and writes: stdout is data, stderr is talk, both UTF-8. Nothing else in this project touches
/// the console.
/// </summary>
internal sealed class Terminal(TextWriter data, TextWriter talk, Stream input, bool isInteractive, TimeProvider clock)
{
    /// <summary>Longest text read from standard input: 64 MiB of UTF-8; more is refused.</summary>
    private const int InputBytesMax = 64 << 20;

    private readonly Lock _talking = new();

    /// <summary>Lines that are drawn and will be drawn over; the cursor stands at the end of the last.</summary>
    private int _drawn = 1;

    /// <summary>stderr is a terminal: progress may be drawn.</summary>
    public bool IsInteractive => isInteractive;

    public TimeProvider Clock => clock;

    public TextWriter Data => data;

    /// <summary>The console of this process.</summary>
    public static Terminal OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(
            new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" },
            new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true, NewLine = "\n" },
            Console.OpenStandardInput(),
            !Console.IsErrorRedirected,
            TimeProvider.System
        );
    }

    /// <summary>A line of data. Control characters in it are drawn, not obeyed: a note may hold them.</summary>
    public void Print(string line) => data.WriteLine(Drawn(line));

    /// <summary>As <see cref="Print"/>, without an end of line.</summary>
    public void PrintPiece(string piece) => data.Write(Drawn(piece));

    public void PrintJson<T>(T value, JsonTypeInfo<T> type) => data.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>A line for people.</summary>
    public void Say(string line)
    {
        lock (_talking)
        {
            talk.WriteLine(isInteractive ? Erased() + Drawn(line) : Drawn(line));
            _drawn = 1;
        }
    }

    /// <summary>Overwrites the current line of a terminal; nothing where stderr is not one.</summary>
    public void Draw(string text)
    {
        if (!isInteractive)
            return;
        lock (_talking)
        {
            talk.Write(Erased() + text);
            _drawn = 1;
        }
    }

    /// <summary>Overwrites what was drawn before by these lines, each cut to the width of the terminal.</summary>
    public void Draw(IReadOnlyList<string> lines)
    {
        if (!isInteractive)
            return;
        // A line that reaches the last column would wrap, and the count of lines would be wrong.
        var columns = Math.Max(20, Columns() - 1);
        var fitting = lines.Select(line => line.Length <= columns ? line : line[..(columns - 1)] + "…");
        lock (_talking)
        {
            talk.Write(Erased() + string.Join('\n', fitting));
            _drawn = Math.Max(1, lines.Count);
        }
    }

    /// <summary>All of standard input, as UTF-8; bytes that are not become U+FFFD.</summary>
    /// <exception cref="IOException">It is longer than the limit.</exception>
    public async Task<string> ReadInputAsync(CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[64 << 10];
        int got;
        while ((got = await input.ReadAsync(chunk, cancellation).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + got > InputBytesMax)
                throw new IOException($"standard input is longer than {InputBytesMax >> 20} MiB; split it");
            buffer.Write(chunk, 0, got);
        }
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        return Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes);
    }

    /// <summary>Standard input line by line, as UTF-8.</summary>
    public StreamReader InputLines() => new(input, Encoding.UTF8, leaveOpen: true);

    /// <summary>Control characters as the pictures that Unicode has of them (U+2400 on), tab and line feed as they are.</summary>
    private static string Drawn(string text) =>
        !text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f')
            ? text
            : string.Create(
                text.Length,
                text,
                (drawn, from) =>
                {
                    for (var i = 0; i < from.Length; i++)
                        drawn[i] = from[i] switch
                        {
                            '\t' or '\n' => from[i],
                            < ' ' => (char)('\u2400' + from[i]),
                            '\u007f' => '\u2421',
                            > '\u007f' and <= '\u009f' => '\ufffd',
                            _ => from[i],
                        };
                }
            );

    /// <summary>Goes to the first drawn line and leaves all of them empty.</summary>
    private string Erased() => string.Concat(Enumerable.Repeat("\r\u001b[K\u001b[1A", _drawn - 1)) + "\r\u001b[K";

    private static int Columns()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
