using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Conversion;
using Edge.Inference;

namespace Edge.Cli.Commands;

/// <summary>edge convert: a model from one format to another, read back and compared before it gets its name.</summary>
internal static class ConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        var source = new Argument<string>("SRC")
        {
            Description = "a GGUF, a llama2.c .bin, or a folder with config.json and safetensors",
        };
        var destination = new Argument<string>("DST")
        {
            Description = "the file to write; its ending says the format: .gguf, .bin (llama2.c), .onnx",
        };
        var type = new Option<TensorType?>("--type")
        {
            Description = "how weights are stored: f32, f16, q8_0 or q4_0; without it as they are",
            HelpName = "TYPE",
            CustomParser = result =>
            {
                var text = result.Tokens is [var token, ..] ? token.Value : "";
                if (TypeOf(text) is { } known)
                    return known;
                result.AddError($"--type must be f32, f16, q8_0 or q4_0, got \"{text}\"");
                return null;
            },
        };
        var tokenizer = new Option<string?>("--tokenizer")
        {
            Description = "take this tokenizer: tokenizer.bin, tokenizer.json, tokenizer.model or a GGUF",
            HelpName = "FILE",
        };
        var json = Options.Json();
        return new EdgeCommand(
            "convert",
            "Convert a model to another format or number type, and check what was written.",
            "edge convert stories15M.bin stories15M.gguf --type q8_0"
        )
            .With(source, destination)
            .With(type, tokenizer, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    using var line = new ProgressLine(terminal, "convert:");
                    var report = ModelConverter.Convert(
                        parsed.GetRequiredValue(source),
                        parsed.GetRequiredValue(destination),
                        new ConversionOptions
                        {
                            Type = parsed.GetValue(type),
                            TokenizerPath = parsed.GetValue(tokenizer),
                        },
                        new DirectProgress<ConversionProgress>(at => line.Report(at.Done, at.Total, at.What)),
                        cancellation
                    );
                    line.Clear();
                    Say(terminal, report);
                    if (parsed.GetValue(json))
                        terminal.PrintJson(Result(report), Json.Types.ConvertResult);
                    return ExitCode.Done;
                }
            );
    }

    private static TensorType? TypeOf(string text) =>
        text switch
        {
            "f32" => TensorType.F32,
            "f16" => TensorType.F16,
            "q8_0" => TensorType.Q8_0,
            "q4_0" => TensorType.Q4_0,
            _ => null,
        };

    private static void Say(Terminal terminal, ConversionReport report)
    {
        foreach (var note in report.Notes)
            terminal.Say($"note: {note}");
        if (report.TokenizerPath is { } tokenizer)
            terminal.Say($"{tokenizer}: its tokenizer");
        terminal.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Path}: {report.Format}, {report.WeightType}, {report.Parameters:N0} parameters, {report.Bytes:N0} bytes; read back and compared with the source: done"
            )
        );
    }

    private static ConvertResult Result(ConversionReport report) =>
        new(
            report.Path,
            report.SourceFormat,
            report.Format,
            report.WeightType,
            report.Parameters,
            report.Bytes,
            report.TokenizerPath,
            report.Notes
        );
}
