using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;

namespace Edge.Cli.NotePlaces;

/// <summary>The options that say where the notes are: --device, or --vault with --model and --tokenizer.</summary>
internal sealed class PlaceOptions
{
    private readonly Option<string?> _device = Options.Device();
    private readonly Option<string?> _vault = Options.Vault();
    private readonly Option<string?> _model = Options.VaultModel();
    private readonly Option<string?> _tokenizer = Options.Tokenizer();

    public Option[] All => [_device, _vault, _model, _tokenizer];

    /// <exception cref="ArgumentException">Options that do not go together.</exception>
    /// <exception cref="NoDeviceException">No device is attached or none answers.</exception>
    public async Task<INotePlace> OpenAsync(Terminal terminal, ParseResult parsed, CancellationToken cancellation)
    {
        var vault = parsed.GetValue(_vault);
        var model = parsed.GetValue(_model);
        var device = parsed.GetValue(_device);
        if (vault is null)
        {
            if (model is not null || parsed.GetValue(_tokenizer) is not null)
                throw new ArgumentException(
                    "--model and --tokenizer go with --vault; a device uses the model in its slot"
                );
            return await DeviceNotes.ConnectAsync(terminal, device, cancellation).ConfigureAwait(false);
        }
        if (device is not null)
            throw new ArgumentException("--device and --vault are two places for notes: give one");
        return FolderNotes.Open(terminal, vault, model, parsed.GetValue(_tokenizer), cancellation);
    }
}
