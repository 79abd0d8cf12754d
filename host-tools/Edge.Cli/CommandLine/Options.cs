using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Edge.Cli.CommandLine;

/// <summary>Options that several commands share, made new for each. Values out of range are usage errors.</summary>
internal static class Options
{
    public static Argument<string> Model() =>
        new("MODEL") { Description = "a model file: GGUF, ONNX, or llama2.c .bin with --tokenizer" };

    public static Option<bool> Json() => new("--json") { Description = "print the result as JSON" };

    public static Option<string?> Tokenizer() =>
        new("--tokenizer")
        {
            Description = "tokenizer of a model without one inside (tokenizer.bin, or a GGUF)",
            HelpName = "FILE",
        };

    public static Option<string?> Device() =>
        new("--device")
        {
            Description = "the device: serial:/dev/ttyACM0 or unix:PATH; found by itself when one is attached",
            HelpName = "LINK",
        };

    public static Option<string?> Vault() =>
        new("--vault") { Description = "a folder of notes on this computer, instead of a device", HelpName = "DIR" };

    /// <exception cref="ArgumentException">Both are given.</exception>
    public static void CheckOnePlace(string? vault, string? device)
    {
        if (vault is not null && device is not null)
            throw new ArgumentException("--device and --vault are two places for notes: give one");
    }

    /// <param name="several">Name of an option with which it may stand several times, or null.</param>
    public static Option<string[]> VaultModels(string? several) =>
        new("--model")
        {
            Description =
                "with --vault: the model that writes; without it everything is quoted"
                + (several is null ? "" : $"; may stand several times with {several}"),
            HelpName = "FILE",
        };

    public static Option<int> Threads() => Whole("--threads", "threads to compute with; 0 chooses", 0, 0, 1024);

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static Option<int> Whole(string name, string description, int value, int min, int max)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            HelpName = "N",
        };
        option.CustomParser = result =>
            int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)
            && n >= min
            && n <= max
                ? n
                : Refuse<int>(result, $"{name} must be a whole number from {min} to {max}, got {Text(result)}");
        return option;
    }

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static Option<float> Number(string name, string description, float value, float min, float max)
    {
        var option = new Option<float>(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            HelpName = "X",
        };
        option.CustomParser = result =>
            float.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
            && x >= min
            && x <= max
                ? x
                : Refuse<float>(
                    result,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} must be a number from {min} to {max}, got {Text(result)}"
                    )
                );
        return option;
    }

    public static Option<ulong> Seed()
    {
        var option = new Option<ulong>("--seed")
        {
            Description = "same seed, same text",
            DefaultValueFactory = _ => 1,
            HelpName = "S",
        };
        option.CustomParser = result =>
            ulong.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
                ? seed
                : Refuse<ulong>(result, $"--seed must be a whole number of 0 or more, got {Text(result)}");
        return option;
    }

    private static string Text(ArgumentResult result) => result.Tokens is [var token, ..] ? token.Value : "";

    private static T Refuse<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default!;
    }
}
