using System.Buffers.Binary;
using Edge.Conversion.Tests;

namespace Edge.Fuzz.Formats;

/// <summary>Folders in Hugging Face layout: config.json, the index, the heads of the weights, the tokenizer's settings.</summary>
internal sealed class SafetensorsFormat : FuzzFormat
{
    public override string Name => "safetensors";

    public override void Run(string folder, Random random)
    {
        Exercise.Conversion(folder, null, random);
        if (random.Next(10) != 0)
            return;
        var parent = Path.GetDirectoryName(folder)!;
        Exercise.WholeConversion(folder, null, Path.Combine(parent, random.Next(2) == 0 ? "out.gguf" : "out.GGUF"));
    }

    /// <summary>An index may name a file that is not there.</summary>
    public override bool Documents(Exception exception) => exception is FileNotFoundException;

    protected override IEnumerable<Seed> Make(string work)
    {
        var model = new TestLlama
        {
            Dim = 32,
            Hidden = 32,
            Heads = 2,
            KvHeads = 1,
            Layers = 1,
        };
        var count = 0;
        foreach (var (type, parts) in new[] { ("F32", 1), ("BF16", 1), ("F16", 2) })
        {
            foreach (var tied in new[] { true, false })
            {
                var folder = Path.Combine(work, $"hf{count++}");
                HuggingFaceFolder.Write(model with { Tied = tied }, folder, type, parts);
                HuggingFaceFolder.Edit(
                    folder,
                    "config.json",
                    config =>
                        config["rope_scaling"] = System.Text.Json.Nodes.JsonNode.Parse(
                            tied
                                ? """{"type":"linear","factor":2.0}"""
                                : """{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":64}"""
                        )
                );
                HuggingFaceFolder.Edit(
                    folder,
                    "generation_config.json",
                    config => config["eos_token_id"] = new System.Text.Json.Nodes.JsonArray(2, 5)
                );
                yield return Load(folder);
            }
        }
    }

    protected override void DamageFiles(Dictionary<string, byte[]> files, Random random)
    {
        string[] small =
        [
            .. files.Keys.Where(name => name.EndsWith(".json", StringComparison.Ordinal) && name != "tokenizer.json"),
        ];
        string[] weights = [.. files.Keys.Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal))];
        if (weights.Length == 0 || random.Next(2) == 0)
        {
            var name = small[random.Next(small.Length)];
            files[name] = JsonMutator.Damage(files[name], random);
            return;
        }
        var file = weights[random.Next(weights.Length)];
        var bytes = files[file];
        var length =
            bytes.Length < 8
                ? 0
                : (int)Math.Min((ulong)bytes.Length - 8, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        if (random.Next(3) == 0 || length == 0)
        {
            files[file] = Mutator.Damage(bytes, 8 + length, [(0, 8)], random);
            return;
        }
        var header = JsonMutator.Damage(bytes[8..(8 + length)], random);
        files[file] = [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. bytes[(8 + length)..]];
    }
}
