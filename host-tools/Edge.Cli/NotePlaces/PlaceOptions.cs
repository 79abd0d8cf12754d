using System.CommandLine;
using Edge.Assistant.Council;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference.Onnx;

namespace Edge.Cli.NotePlaces;

/// <summary>The options that say where the notes are: --device, or --vault with --model and --tokenizer.</summary>
/// <param name="council">An option with which --model may stand several times; null for none.</param>
internal sealed class PlaceOptions(Option<bool>? council = null)
{
    private readonly Option<string?> _device = Options.Device();
    private readonly Option<string?> _vault = Options.Vault();
    private readonly Option<string[]> _model = Options.VaultModels(council?.Name);
    private readonly Option<string?> _tokenizer = Options.Tokenizer();

    public Option[] All => [_device, _vault, _model, _tokenizer];

    /// <exception cref="ArgumentException">Options that do not go together.</exception>
    /// <exception cref="NoDeviceException">No device is attached or none answers.</exception>
    public async Task<INotePlace> OpenAsync(Terminal terminal, ParseResult parsed, CancellationToken cancellation)
    {
        var vault = parsed.GetValue(_vault);
        var models = parsed.GetValue(_model) ?? [];
        var isCouncil = council is not null && parsed.GetValue(council);
        if (models.Length > 1 && !isCouncil)
            throw new ArgumentException(
                council is null
                    ? "--model stands more than once: give one"
                    : $"--model stands more than once: give one, or {council.Name}"
            );
        if (models.Length > ModelCouncil.SeatsMax)
            throw new ArgumentException($"--model: at most {ModelCouncil.SeatsMax} models, got {models.Length}");
        var device = parsed.GetValue(_device);
        if (vault is null)
        {
            if (models.Length > 0 || parsed.GetValue(_tokenizer) is not null)
                throw new ArgumentException(
                    "--model and --tokenizer go with --vault; a device uses the model in its slot"
                );
            return await DeviceNotes.ConnectAsync(terminal, device, cancellation).ConfigureAwait(false);
        }
        Options.CheckOnePlace(vault, device);
        var tokenizer = parsed.GetValue(_tokenizer);
        return isCouncil
            ? FolderNotes.Open(terminal, vault, null, null, cancellation, [.. models.Select(m => SeatOf(m, tokenizer))])
            : FolderNotes.Open(terminal, vault, models.FirstOrDefault(), tokenizer, cancellation);
    }

    private static CouncilSeat SeatOf(string model, string? tokenizer) =>
        File.Exists(model)
            ? CouncilSeat.Of(Path.GetFileName(model), () => LanguageModels.Open(model, tokenizer))
            : throw new FileNotFoundException(null, model);
}
