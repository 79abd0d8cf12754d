namespace Edge.Firmware.Tests;

public sealed class EdgedCommandTests
{
    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await EdgedCommand.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("--link", "--data", "d")]
    [InlineData("--data", "--link", "pty")]
    [InlineData("d x' is no link", "--data", "d", "--link", "d x")]
    [InlineData("unix:PATH", "--data", "d", "--link", "unix:")]
    [InlineData("0 to 256", "--data", "d", "--link", "pty", "--threads", "-1")]
    [InlineData("many", "--data", "d", "--link", "pty", "--threads", "many")]
    [InlineData("--nmae", "--data", "d", "--link", "pty", "--nmae", "x")]
    [InlineData("printable", "--data", "d", "--link", "pty", "--name", "")]
    [InlineData("needs a folder", "--data", "", "--link", "pty")]
    public async Task A_wrong_command_line_ends_with_2_and_says_what_is_wrong(string said, params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        Assert.Equal(2, code);
        Assert.Contains(said, error);
        Assert.DoesNotContain("Parameter", error);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Help_names_every_option_and_gives_an_example()
    {
        var (code, output, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        foreach (var word in new[] { "--data", "--link", "--simulate", "--threads", "--name", "edged --data ./device" })
            Assert.Contains(word, output);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_ends_with_1_and_one_line()
    {
        using var temp = new Edge.TestKit.TempFolder();
        File.WriteAllText(temp["file"], "");
        var (code, _, error) = await RunAsync("--data", temp["file/data"], "--link", "unix:" + temp["s"], "--simulate");
        Assert.Equal(1, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
