using Edge.Device.Panel;
using Edge.Firmware.Hardware;

namespace Edge.Firmware.Tests;

public sealed class DisplayTests
{
    private static Canvas Painted(PanelState state)
    {
        var canvas = new Canvas();
        PanelPainter.Paint(state, canvas);
        return canvas;
    }

    private static PanelState Answered =>
        new()
        {
            Screen = PanelScreen.Answer,
            Question = "How long does the dough rest?",
            Answer = "Twelve hours in the fridge, then two at room temperature.",
            AnswerDone = true,
            Citations = ["recipes/bread.md:3-9"],
        };

    [Fact]
    public void The_chip_shows_what_was_painted()
    {
        using var chip = new SimulatedSsd1306();
        using var display = new Ssd1306(chip);
        foreach (
            var state in new[]
            {
                new PanelState(),
                Answered,
                new PanelState { Screen = PanelScreen.Feed },
            }
        )
        {
            var canvas = Painted(state);
            display.Show(canvas);
            Assert.Equal(canvas.ToLines(), chip.Picture().ToLines());
        }
    }

    [Fact]
    public void After_setup_the_noise_of_power_up_is_gone()
    {
        using var chip = new SimulatedSsd1306(noiseSeed: 77);
        using var display = new Ssd1306(chip);
        Assert.Equal(new Canvas().ToLines(), chip.Picture().ToLines());
    }

    [Fact]
    public void An_unchanged_picture_sends_nothing_and_one_changed_pixel_sends_one_page()
    {
        using var chip = new SimulatedSsd1306();
        using var display = new Ssd1306(chip);
        var canvas = Painted(Answered);
        display.Show(canvas);
        var before = chip.DataBytes;
        display.Show(canvas);
        Assert.Equal(before, chip.DataBytes);
        canvas[5, 40] = !canvas[5, 40];
        display.Show(canvas);
        Assert.Equal(before + 128, chip.DataBytes);
        Assert.Equal(canvas.ToLines(), chip.Picture().ToLines());
    }

    [Fact]
    public void The_display_is_dark_after_dispose()
    {
        using var chip = new SimulatedSsd1306();
        var display = new Ssd1306(chip);
        display.Show(Painted(Answered));
        display.Dispose();
        Assert.Equal(new Canvas().ToLines(), chip.Picture().ToLines());
    }

    [Fact]
    public void A_module_turned_the_other_way_shows_the_picture_upside_down()
    {
        using var chip = new SimulatedSsd1306();
        using var display = new Ssd1306(chip);
        var canvas = new Canvas { [3, 1] = true };
        display.Show(canvas);
        chip.Write([0x00, 0xA0, 0xC0]);
        Assert.True(chip.Picture()[124, 62]);
    }

    [Fact]
    public void Commands_one_by_one_mean_the_same_as_in_a_row()
    {
        using var chip = new SimulatedSsd1306();
        using var display = new Ssd1306(chip);
        // 0x80 and 0xC0: one byte, then another control byte; a command's argument may come in a later write.
        chip.Write([0x80, 0x21, 0x80, 10, 0x80, 20]);
        chip.Write([0x80, 0x22]);
        chip.Write([0x80, 2, 0x80, 2, 0xC0, 0xFF]);
        Assert.True(chip.Picture()[10, 16]);
        Assert.True(chip.Picture()[10, 23]);
        Assert.False(chip.Picture()[11, 16]);
    }

    [Fact]
    public void The_simulated_chip_refuses_bytes_that_no_chip_would_take()
    {
        using var chip = new SimulatedSsd1306();
        Assert.Contains("0x05", Assert.Throws<InvalidOperationException>(() => chip.Write([0x05, 0])).Message);
        Assert.Contains("0xFE", Assert.Throws<InvalidOperationException>(() => chip.Write([0x00, 0xFE])).Message);
        var window = Assert.Throws<InvalidOperationException>(() => chip.Write([0x00, 0x21, 9, 128]));
        Assert.Contains("9 to 128", window.Message);
    }

    [Fact]
    public async Task An_unplugged_display_is_reported_once_and_the_panel_goes_on()
    {
        using var chip = new SimulatedSsd1306();
        using var display = new Ssd1306(chip);
        var reports = new List<string>();
        await using var loop = new PanelLoop(
            new PanelState(),
            display.Show,
            TimeProvider.System,
            line =>
            {
                lock (reports)
                    reports.Add(line);
            }
        );
        chip.Unplugged = true;
        for (var count = 1; count <= 5; count++)
        {
            loop.Post(new PanelEvent.NotesCounted(count));
            await WaitUntil(() => loop.State.NoteCount == count);
        }
        await WaitUntil(() => reports.Count == 1);
        Assert.Contains("unplugged", Assert.Single(reports));
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(5, limit.Token);
    }
}
