using System.Text;
using Edge.Conversion.Tests;
using Edge.Conversion.Vocabularies;
using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;

namespace Edge.Fuzz.Formats;

/// <summary>llama2.c's tokenizer.bin.</summary>
internal sealed class TokenizerBinFormat : FuzzFormat
{
    private const string FileName = "tokenizer.bin";

    public override string Name => "tokenizer-bin";

    public override void Run(string folder, Random random) =>
        Exercise.Tokens(TokenizerFile.Open(Path.Combine(folder, FileName)));

    protected override IEnumerable<Seed> Make(string work)
    {
        yield return new(new() { [FileName] = TestVocabulary.Small.Llama2c() });
    }

    protected override void DamageFiles(Dictionary<string, byte[]> files, Random random)
    {
        var bytes = files[FileName];
        var fields = new List<(int, int)> { (0, 4) };
        for (var at = 4; at + 8 < bytes.Length && fields.Count < 40; at += 8 + BitConverter.ToInt32(bytes, at + 4))
            fields.AddRange([(at, 4), (at + 4, 4)]);
        files[FileName] = Mutator.Damage(bytes, bytes.Length, fields, random);
    }
}

/// <summary>tokenizer.json and tokenizer.model, read as the converter reads them, then written into a GGUF and run.</summary>
internal abstract class ConvertedTokenizerFormat : FuzzFormat
{
    protected abstract string FileName { get; }

    /// <summary>Rows of the model that it is for; as in <see cref="TestVocabulary.Small"/>.</summary>
    private const int Rows = 309;

    public override void Run(string folder, Random random)
    {
        var vocabulary = VocabularyFile.Open(Path.Combine(folder, FileName), Rows);
        var made = Path.Combine(folder, "made.gguf");
        var writer = new GgufWriter().Set("general.architecture", "llama");
        vocabulary.WriteTo(writer);
        using (var stream = File.Create(made))
            writer.WriteTo(stream);
        Exercise.Tokens(TokenizerFile.Open(made));
        using var gguf = GgufFile.Open(made);
        if (vocabulary.DifferenceFrom(GgufVocabulary.Read(gguf)) is { } difference)
            throw new InvalidOperationException($"was read back and differs: {difference}");
    }
}

internal sealed class TokenizerJsonFormat : ConvertedTokenizerFormat
{
    private const string Settings = "tokenizer_config.json";

    public override string Name => "tokenizer-json";

    protected override string FileName => "tokenizer.json";

    protected override IEnumerable<Seed> Make(string work)
    {
        yield return Of(TestVocabulary.Small.Json().ToJsonString());
        var (tokens, merges) = BytePairJson.Small();
        foreach (var words in new[] { BytePairJson.Gpt2Words, BytePairJson.SmolWords, BytePairJson.Llama3Words })
            yield return Of(BytePairJson.Make(tokens, merges, words, [261, 262], true, false).ToJsonString());
    }

    protected override void DamageFiles(Dictionary<string, byte[]> files, Random random)
    {
        var name = random.Next(6) == 0 ? Settings : FileName;
        files[name] = JsonMutator.Damage(files[name], random);
    }

    private Seed Of(string json) =>
        new(
            new()
            {
                [FileName] = Encoding.UTF8.GetBytes(json),
                [Settings] = Encoding.UTF8.GetBytes(TestVocabulary.SettingsJson),
            }
        );
}

internal sealed class TokenizerModelFormat : ConvertedTokenizerFormat
{
    public override string Name => "tokenizer-model";

    protected override string FileName => "tokenizer.model";

    protected override IEnumerable<Seed> Make(string work)
    {
        yield return new(new() { [FileName] = TestVocabulary.Small.Protobuf() });
        // Small enough that most damage meets a tag or a length.
        var few = TestVocabulary.Small with
        {
            Tokens = [.. TestVocabulary.Small.Tokens.Take(6)],
        };
        yield return new(new() { [FileName] = few.Protobuf() });
    }

    protected override void DamageFiles(Dictionary<string, byte[]> files, Random random) =>
        files[FileName] = Mutator.Damage(files[FileName], files[FileName].Length, [], random);
}
