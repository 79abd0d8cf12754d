using Edge.Conversion;
using Edge.Conversion.Tests;
using Edge.Inference;

namespace Edge.Fuzz.Formats;

/// <summary>llama2.c models, versions 0, 1 and 2, with a good tokenizer beside them.</summary>
internal sealed class Llama2cFormat : FuzzFormat
{
    private const string FileName = "m.bin";
    private const string TokenizerName = "tokenizer.bin";

    public override string Name => "llama2c";

    public override void Run(string folder, Random random)
    {
        var path = Path.Combine(folder, FileName);
        Exercise.Model(path, null);
        Exercise.Conversion(path, null, random);
        if (random.Next(20) == 0)
            Exercise.WholeConversion(path, null, Path.Combine(folder, "out.gguf"));
    }

    protected override IEnumerable<Seed> Make(string work)
    {
        var model = new TestLlama
        {
            Dim = 32,
            Hidden = 64,
            Heads = 2,
            KvHeads = 1,
            Layers = 1,
            Tied = true,
            Context = 8,
        };
        foreach (var tied in new[] { true, false })
        {
            (model with { Tied = tied }).WriteGguf(Path.Combine(work, "m.gguf"));
            foreach (var type in new[] { TensorType.F32, TensorType.Q8_0 })
            {
                var path = Path.Combine(work, FileName);
                ModelConverter.Convert(Path.Combine(work, "m.gguf"), path, new ConversionOptions { Type = type });
                var bytes = File.ReadAllBytes(path);
                yield return Of(bytes);
                if (type == TensorType.F32)
                    yield return Of(Version1(bytes, tied));
            }
        }
    }

    protected override void DamageFiles(Dictionary<string, byte[]> files, Random random)
    {
        var bytes = files[FileName];
        // Version 0 starts with its shape, the others have it after eight bytes, then the group size after one more.
        var versioned = bytes.AsSpan().StartsWith("24ka"u8);
        var first = versioned ? 4 : 0;
        var fields = Enumerable.Range(0, versioned ? 8 : 7).Select(i => (first + (4 * i), 4)).ToList();
        if (versioned)
            fields.AddRange([(36, 1), (37, 4)]);
        files[FileName] = Mutator.Damage(bytes, versioned ? 48 : 28, fields, random);
    }

    private static Seed Of(byte[] bytes) =>
        new(new() { [FileName] = bytes, [TokenizerName] = TestVocabulary.Small.Llama2c() });

    /// <summary>The same number of floats less the rotations; their order does not matter here.</summary>
    private static byte[] Version1(byte[] version0, bool tied)
    {
        var header = new byte[256];
        "24ka"u8.CopyTo(header);
        header[4] = 1;
        version0.AsSpan(0, 28).CopyTo(header.AsSpan(8));
        BitConverter.GetBytes(Math.Abs(BitConverter.ToInt32(version0, 20))).CopyTo(header, 28);
        header[36] = tied ? (byte)1 : (byte)0;
        const int rotations = 8 * 8 * 2 * 4;
        return [.. header, .. version0[28..^rotations]];
    }
}
