using System.Text;

namespace Edge.Inference;

/// <summary>
/// Passes streamed text on, holding back what may be the beginning of a stop string. The text before the earliest stop
/// string comes out exactly once, whatever the pieces.
/// </summary>
internal sealed class StopStringFilter(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>A stop string was met; nothing comes out any more.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Adds a piece; returns what is now certain ("" when nothing is).</summary>
    public string Push(string piece)
    {
        if (Stopped || piece.Length == 0)
            return "";
        if (stops.Count == 0)
            return piece;
        _held.Append(piece);
        var text = _held.ToString();
        var safe = text.Length;
        var found = -1;
        foreach (var stop in stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (found < 0 || at < found))
                found = at;
            safe = Math.Min(safe, text.Length - OverlapAtEnd(text, stop));
        }
        if (found >= 0)
        {
            Stopped = true;
            safe = found;
        }
        _held.Clear().Append(text, safe, text.Length - safe);
        return text[..safe];
    }

    /// <summary>The text is over: what was held back comes out.</summary>
    public string Flush()
    {
        var rest = Stopped ? "" : _held.ToString();
        _held.Clear();
        return rest;
    }

    /// <summary>Length of the longest end of the text that begins the stop string.</summary>
    private static int OverlapAtEnd(string text, string stop)
    {
        for (var length = Math.Min(stop.Length - 1, text.Length); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                return length;
        }
        return 0;
    }
}
