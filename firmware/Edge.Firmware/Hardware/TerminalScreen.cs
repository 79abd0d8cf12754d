using System.Text;
using Edge.Device.Panel;

namespace Edge.Firmware.Hardware;

/// <summary>
/// Draws the simulated display in the terminal: half-block characters where it is 128 columns wide and 36 lines high,
/// Braille dots (64 columns, 16 lines) where it is smaller. Arrow keys and Enter press the simulated buttons, q ends.
/// </summary>
internal sealed class TerminalScreen(string headline, TextWriter output)
{
    private const int HalfBlockColumns = Ssd1306.Width;
    private const int HalfBlockLines = (Ssd1306.Height / 2) + 4;

    private readonly Lock gate = new();
    private string lastLog = "";
    private Canvas picture = new();
    private bool started;

    public void Draw(Canvas next)
    {
        lock (gate)
        {
            picture = next;
            Redraw();
        }
    }

    /// <summary>Log lines would tear the picture apart: the newest stands below it.</summary>
    public void Log(string line)
    {
        lock (gate)
        {
            lastLog = line;
            Redraw();
        }
    }

    /// <summary>Reads keys until q or the token; meant for a thread of its own.</summary>
    public static void ReadKeys(Action<PanelButton> press, Action quit)
    {
        while (true)
        {
            switch (Console.ReadKey(intercept: true).Key)
            {
                case ConsoleKey.UpArrow or ConsoleKey.LeftArrow or ConsoleKey.Backspace:
                    press(PanelButton.Up);
                    break;
                case ConsoleKey.DownArrow:
                    press(PanelButton.Down);
                    break;
                case ConsoleKey.Enter or ConsoleKey.RightArrow or ConsoleKey.Spacebar:
                    press(PanelButton.Select);
                    break;
                case ConsoleKey.Q or ConsoleKey.Escape:
                    quit();
                    return;
            }
        }
    }

    private void Redraw()
    {
        var wide = Console.WindowWidth >= HalfBlockColumns && Console.WindowHeight >= HalfBlockLines;
        var lines = wide ? picture.ToHalfBlocks() : picture.ToBraille();
        var width = Math.Max(20, Console.WindowWidth - 1);
        // Clear once; afterwards overwrite in place, which does not flicker.
        var text = new StringBuilder(started ? "\e[H" : "\e[2J\e[H");
        started = true;
        text.Append(WordWrap.Cut(headline, width)).Append("\e[K\n");
        foreach (var line in lines)
            text.Append(line).Append("\e[K\n");
        text.Append(WordWrap.Cut("up, enter, down: the buttons; q: end", width)).Append("\e[K\n");
        text.Append(WordWrap.Cut(lastLog.ReplaceLineEndings(" "), width)).Append("\e[J");
        output.Write(text);
        output.Flush();
    }
}
