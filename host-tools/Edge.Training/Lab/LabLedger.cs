using System.Text;
using System.Text.Json;
using Edge.Training.Run;

namespace Edge.Training.Lab;

/// <summary>
/// The experiments of a folder, one JSON object a line, appended and flushed to the disk; ledger.md beside it is the same
/// for people. A last line without its end was torn by a crash: it is dropped, and said.
/// </summary>
public sealed class LabLedger
{
    public const string Name = "ledger.jsonl";
    public const string TableName = "ledger.md";

    private readonly string _path;
    private readonly List<LabLine> _lines = [];

    /// <param name="folder">Made when it is not there.</param>
    /// <param name="say">Gets a line for a person.</param>
    /// <exception cref="TrainingException">A line that was written whole cannot be read.</exception>
    public LabLedger(string folder, Action<string> say)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, Name);
        if (!File.Exists(_path))
            return;
        var bytes = File.ReadAllBytes(_path);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        var number = 0;
        foreach (
            var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
            _lines.Add(Parse(line, ++number));
        if (whole == bytes.Length)
            return;
        say($"{_path}: the last line was cut off after {bytes.Length - whole:N0} bytes; it is dropped, and run again");
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Write);
        file.SetLength(whole);
        file.Flush(flushToDisk: true);
    }

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<LabLine> Lines => _lines;

    public string TablePath => Path.Combine(Path.GetDirectoryName(_path)!, TableName);

    public LabLine? Find(string key) => _lines.Find(line => line.Key == key);

    public void Add(LabLine line)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(line, LabJson.Types.LabLine);
        using (var file = new FileStream(_path, FileMode.Append, FileAccess.Write))
        {
            file.Write([.. text, (byte)'\n']);
            file.Flush(flushToDisk: true);
        }
        _lines.Add(line);
    }

    private LabLine Parse(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, LabJson.Types.LabLine) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new TrainingException(
                $"{_path}: line {number:N0} is not an experiment: {e.Message} Put the line right or take it out; its experiment is run again then.",
                e
            );
        }
    }
}
