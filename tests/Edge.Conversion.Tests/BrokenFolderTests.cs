using System.Text.Json.Nodes;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Conversion.Tests;

/// <summary>The drawer of broken folders: each is named by its defect and must be refused with that message.</summary>
public sealed class BrokenFolderTests
{
    private const string Weights = "model.safetensors";

    private static readonly Dictionary<string, (Action<string> Break, string Message)> Drawer = new()
    {
        ["no config"] = (
            f => File.Delete(Path.Combine(f, "config.json")),
            "hf: there is no config.json in this folder"
        ),
        ["no tokenizer"] = (
            f => File.Delete(Path.Combine(f, "tokenizer.json")),
            "hf: there is neither tokenizer.model nor tokenizer.json in this folder."
        ),
        ["no weights"] = (f => File.Delete(Path.Combine(f, Weights)), "hf: there is neither model.safetensors nor"),
        ["config that is no JSON"] = (f => Put(f, "config.json", "{"), "config.json: is not JSON: "),
        ["config that is a list"] = (
            f => Put(f, "config.json", "[]"),
            "config.json: the document must be an object, found array."
        ),
        ["config of deep nesting"] = (f => Put(f, "config.json", new string('[', 5000)), "config.json: is not JSON: "),
        ["key there twice"] = (
            f => Put(f, "config.json", """{"model_type":"llama","model_type":"mistral"}"""),
            "config.json: is not JSON: "
        ),
        ["half a letter"] = (
            f => Put(f, "config.json", """{"model_type":"\ud800"}"""),
            "config.json: model_type is not valid text."
        ),
        ["half a letter in a name"] = (f => Put(f, "config.json", """{"\ud800":1}"""), "config.json: "),
        ["another architecture"] = (
            f => Config(f, c => c["model_type"] = "gpt_neox"),
            "config.json: model_type is gpt_neox; Edge runs llama"
        ),
        ["sliding window"] = (
            f => Config(f, c => (c["model_type"], c["sliding_window"]) = ("mistral", 8)),
            "config.json: sliding_window is shorter than the context"
        ),
        ["attention bias"] = (f => Config(f, c => c["attention_bias"] = true), "config.json: attention_bias is true"),
        ["another activation"] = (f => Config(f, c => c["hidden_act"] = "gelu"), "config.json: hidden_act is gelu"),
        ["quantised"] = (
            f => Config(f, c => c["quantization_config"] = new JsonObject()),
            "config.json: has a quantization_config"
        ),
        ["experts"] = (f => Config(f, c => c["num_local_experts"] = 8), "config.json: num_local_experts is above 1"),
        ["partial rotation"] = (
            f => Config(f, c => c["partial_rotary_factor"] = 0.5),
            "config.json: partial_rotary_factor is 0.5"
        ),
        ["interleaved rotation"] = (
            f => Config(f, c => c["rope_interleaved"] = true),
            "config.json: rope_interleaved is true"
        ),
        ["dynamic scaling"] = (
            f => Config(f, c => c["rope_scaling"] = JsonNode.Parse("""{"type":"dynamic","factor":2.0}""")),
            "config.json: rope_scaling is of type dynamic; Edge knows default, linear and llama3."
        ),
        ["scaling without a factor"] = (
            f => Config(f, c => c["rope_scaling"] = JsonNode.Parse("""{"type":"linear"}""")),
            "config.json: rope_scaling.factor is missing."
        ),
        ["scaling backwards"] = (
            f =>
                Config(
                    f,
                    c =>
                        c["rope_scaling"] = JsonNode.Parse(
                            """{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":1,"original_max_position_embeddings":64}"""
                        )
                ),
            "config.json: rope_scaling has a high_freq_factor of 1, which must be above"
        ),
        ["zero width"] = (
            f => Config(f, c => c["hidden_size"] = 0),
            "config.json: hidden_size must be 1 to 65,536, found 0."
        ),
        ["width as text"] = (
            f => Config(f, c => c["hidden_size"] = "64"),
            "config.json: hidden_size must be a whole number, found string."
        ),
        ["width of a half"] = (
            f => Config(f, c => c["hidden_size"] = 64.5),
            "config.json: hidden_size must be a whole number"
        ),
        ["overflowing layers"] = (
            f => Config(f, c => c["num_hidden_layers"] = 1L << 40),
            "config.json: num_hidden_layers must be 1 to 1,024, found 1,099,511,627,776."
        ),
        ["heads that do not divide"] = (
            f => Config(f, c => c["num_key_value_heads"] = 3),
            "config.json: num_attention_heads is 4, which 3 key and value heads do not divide."
        ),
        ["odd heads"] = (
            f => Config(f, c => c["head_dim"] = 15),
            "config.json: heads must have an even width of 2 to 4,096, found 15."
        ),
        ["theta of zero"] = (
            f => Config(f, c => c["rope_theta"] = 0),
            "config.json: rope_theta must be a finite number above 0, found 0."
        ),
        ["too large a theta"] = (
            f => Put(f, "config.json", ConfigText(f).Replace("10000", "1e99", StringComparison.Ordinal)),
            "config.json: rope_theta must be a finite number above 0"
        ),
        ["missing width"] = (f => Config(f, c => c.Remove("hidden_size")), "config.json: hidden_size is missing."),
        ["more layers than weights"] = (
            f => Config(f, c => c["num_hidden_layers"] = 3),
            "tensor model.layers.2.input_layernorm.weight is in none of the safetensors files"
        ),
        ["more weights than layers"] = (
            f => Config(f, c => c["num_hidden_layers"] = 1),
            "model.safetensors: tensor model.layers.1."
        ),
        ["another width than the weights"] = (
            f => Config(f, c => c["intermediate_size"] = 95),
            "model.safetensors: tensor model.layers.0.mlp.gate_proj.weight must have the shape [95 × 64], found [96 × 64]."
        ),
        ["tied without saying so"] = (
            f => Tensors(f, list => list.RemoveAll(t => t.Name == "lm_head.weight")),
            "tensor lm_head.weight is in none of the safetensors files"
        ),
        ["a bias"] = (
            f => Tensors(f, list => list.Add(("model.layers.0.self_attn.q_proj.bias", [64], new byte[256]))),
            "model.safetensors: tensor model.layers.0.self_attn.q_proj.bias is a bias"
        ),
        ["a tensor of another kind"] = (
            f => Tensors(f, list => list.Add(("model.layers.0.self_attn.q_norm.weight", [64], new byte[256]))),
            "model.safetensors: tensor model.layers.0.self_attn.q_norm.weight is not part of a Llama model"
        ),
        ["norm of NaN"] = (
            f =>
                Tensors(f, list => list[^2] = (list[^2].Name, list[^2].Shape, [.. Enumerable.Repeat((byte)0xFF, 256)])),
            "tensor model.norm.weight: row 0 has a number that is not finite"
        ),
        ["weights in whole numbers"] = (
            f => Header(f, h => h["model.norm.weight"]!["dtype"] = "I32"),
            "model.safetensors: tensor model.norm.weight is I32; Edge converts F32, F16 and BF16."
        ),
        ["weights in eight bits"] = (
            f =>
                Header(
                    f,
                    h =>
                        (h["model.norm.weight"]!["dtype"], h["model.norm.weight"]!["shape"]) = (
                            "F8_E4M3",
                            new JsonArray(256)
                        )
                ),
            "model.safetensors: tensor model.norm.weight must have the shape"
        ),
        ["unknown type of number"] = (
            f => Header(f, h => h["model.norm.weight"]!["dtype"] = "F128"),
            "model.safetensors: tensor model.norm.weight has the type F128, which safetensors does not define."
        ),
        ["overlapping tensors"] = (
            f =>
                Header(
                    f,
                    h =>
                        h["lm_head.weight"]!["data_offsets"] = h["model.embed_tokens.weight"]![
                            "data_offsets"
                        ]!.DeepClone()
                ),
            "model.safetensors: tensor "
        ),
        ["overlap by some bytes"] = (
            f => Header(f, h => Shift(h, "model.norm.weight", -8)),
            "model.safetensors: tensor model.norm.weight overlaps the tensor before it, by 8 bytes."
        ),
        ["a hole in the data"] = (
            f => Header(f, h => Shift(h, "lm_head.weight", 0), append: 8),
            "model.safetensors: there are 8 bytes of no tensor at the end."
        ),
        ["a hole before the last"] = (
            f => Header(f, h => Shift(h, "lm_head.weight", 8), append: 8),
            "model.safetensors: there are 8 bytes of no tensor before tensor lm_head.weight."
        ),
        ["offsets backwards"] = (
            f => Header(f, h => h["model.norm.weight"]!["data_offsets"] = new JsonArray(256, 0)),
            "model.safetensors: tensor model.norm.weight needs 256 bytes for its shape, its data_offsets are 256 and 0."
        ),
        ["offsets beyond the end"] = (
            f => Header(f, h => Shift(h, "lm_head.weight", 1 << 30)),
            "model.safetensors: tensor lm_head.weight needs"
        ),
        ["overflowing offsets"] = (
            f => Header(f, h => h["model.norm.weight"]!["data_offsets"] = new JsonArray(0, long.MaxValue)),
            "model.safetensors: [\"model.norm.weight\"].data_offsets[1] must be a whole number from 0 to"
        ),
        ["negative offsets"] = (
            f => Header(f, h => h["model.norm.weight"]!["data_offsets"] = new JsonArray(-256, 0)),
            "model.safetensors: "
        ),
        ["one offset"] = (
            f => Header(f, h => h["model.norm.weight"]!["data_offsets"] = new JsonArray(0)),
            "model.safetensors: tensor model.norm.weight must have two data_offsets, found 1."
        ),
        ["negative dimension"] = (
            f => Header(f, h => h["model.norm.weight"]!["shape"] = new JsonArray(-64)),
            "model.safetensors: "
        ),
        ["overflowing shape"] = (
            f => Header(f, h => h["model.norm.weight"]!["shape"] = new JsonArray(1L << 33, 1L << 33)),
            "model.safetensors: tensor model.norm.weight has more than 1,099,511,627,776 elements."
        ),
        ["nine dimensions"] = (
            f => Header(f, h => h["model.norm.weight"]!["shape"] = new JsonArray(1, 1, 1, 1, 1, 1, 1, 1, 64)),
            "model.safetensors: tensor model.norm.weight must have at most 8 dimensions, found 9."
        ),
        ["zero dimension"] = (
            f =>
                Header(
                    f,
                    h => (h["extra"], _) = (JsonNode.Parse("""{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]}"""), 0)
                ),
            "model.safetensors: tensor extra is not part of a Llama model"
        ),
        ["shape and bytes that do not fit"] = (
            f => Header(f, h => h["model.norm.weight"]!["shape"] = new JsonArray(65)),
            "model.safetensors: tensor model.norm.weight needs 260 bytes for its shape"
        ),
        ["empty file"] = (
            f => File.WriteAllBytes(Path.Combine(f, Weights), []),
            "model.safetensors: the length of the header needs 8 bytes"
        ),
        ["absurd header length"] = (
            f =>
                File.WriteAllBytes(
                    Path.Combine(f, Weights),
                    [.. BitConverter.GetBytes(ulong.MaxValue), .. new byte[64]]
                ),
            "model.safetensors: the header must have 1 to 100,000,000 bytes, found 18,446,744,073,709,551,615"
        ),
        ["header beyond the file"] = (
            f => File.WriteAllBytes(Path.Combine(f, Weights), [.. BitConverter.GetBytes(1000UL), .. new byte[64]]),
            "model.safetensors: the header needs 1,000 bytes at 8, the file ends at 72"
        ),
        ["header of zeros"] = (
            f => File.WriteAllBytes(Path.Combine(f, Weights), [.. BitConverter.GetBytes(64UL), .. new byte[64]]),
            "model.safetensors: is not JSON"
        ),
        ["cut short"] = (
            f => File.WriteAllBytes(Path.Combine(f, Weights), File.ReadAllBytes(Path.Combine(f, Weights))[..^100]),
            "model.safetensors: tensor lm_head.weight needs"
        ),
        ["index that leads out of the folder"] = (
            f => Put(f, "model.safetensors.index.json", """{"weight_map":{"a":"../secret.safetensors"}}"""),
            "model.safetensors.index.json: weight_map[\"a\"] must be the name of a .safetensors file in the folder"
        ),
        ["index to a pickle"] = (
            f => Put(f, "model.safetensors.index.json", """{"weight_map":{"a":"pytorch_model.bin"}}"""),
            "model.safetensors.index.json: weight_map[\"a\"] must be the name of a .safetensors file in the folder"
        ),
        ["index of nothing"] = (
            f => Put(f, "model.safetensors.index.json", """{"weight_map":{}}"""),
            "model.safetensors.index.json: must name 1 to 1,024 files, found 0."
        ),
        ["index that names another file"] = (
            f => Put(f, "model.safetensors.index.json", """{"weight_map":{"a":"model.safetensors"}}"""),
            "model.safetensors.index.json: says that tensor a is in model.safetensors, which does not have it."
        ),
        ["more tokens than rows"] = (f => Config(f, c => c["vocab_size"] = 300), "tokenizer.json: token "),
    };

    public static TheoryData<string> Defects => [.. Drawer.Keys];

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_broken_folder_is_refused_by_its_defect(string defect)
    {
        using var temp = new TempFolder();
        HuggingFaceFolder.Write(new TestLlama(), temp["hf"]);
        var (damage, message) = Drawer[defect];
        damage(temp["hf"]);
        var refusal = Assert.Throws<ModelFormatException>(() =>
            ModelConverter.Convert(temp["hf"], temp["n.gguf"], new())
        );
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Empty(Directory.GetFiles(temp.Path));
    }

    [Fact]
    public void A_part_that_is_missing_is_named()
    {
        using var temp = new TempFolder();
        HuggingFaceFolder.Write(new TestLlama(), temp["hf"], parts: 2);
        File.Delete(Path.Combine(temp["hf"], "model-00002-of-00002.safetensors"));
        var trouble = Assert.Throws<FileNotFoundException>(() =>
            ModelConverter.Convert(temp["hf"], temp["n.gguf"], new())
        );
        Assert.Contains("model-00002-of-00002.safetensors", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_without_their_folder_are_refused()
    {
        using var temp = new TempFolder();
        HuggingFaceFolder.Write(new TestLlama(), temp["hf"]);
        var refusal = Assert.Throws<ModelFormatException>(() =>
            ModelConverter.Convert(Path.Combine(temp["hf"], Weights), temp["n.gguf"], new())
        );
        Assert.Contains("Name the folder that it is in", refusal.Message, StringComparison.Ordinal);
    }

    private static void Put(string folder, string name, string text) =>
        File.WriteAllText(Path.Combine(folder, name), text);

    private static string ConfigText(string folder) => File.ReadAllText(Path.Combine(folder, "config.json"));

    private static void Config(string folder, Action<JsonObject> change) =>
        HuggingFaceFolder.Edit(folder, "config.json", change);

    private static void Tensors(string folder, Action<List<(string Name, int[] Shape, byte[] Bytes)>> change)
    {
        var list = HuggingFaceFolder
            .Tensors(new TestLlama())
            .Select(t => (t.Name, t.Shape, Bytes: TestLlama.Bytes(t.Values)))
            .ToList();
        change(list);
        HuggingFaceFolder.WriteSafetensors(Path.Combine(folder, Weights), "F32", list);
    }

    private static void Header(string folder, Action<JsonObject> change, int append = 0)
    {
        var path = Path.Combine(folder, Weights);
        var bytes = File.ReadAllBytes(path);
        var length = (int)BitConverter.ToUInt64(bytes);
        var header = JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject();
        change(header);
        HuggingFaceFolder.Write(path, header.ToJsonString(), [.. bytes[(8 + length)..], .. new byte[append]]);
    }

    private static void Shift(JsonObject header, string tensor, long by)
    {
        var ends = header[tensor]!["data_offsets"]!.AsArray();
        header[tensor]!["data_offsets"] = new JsonArray(ends[0]!.GetValue<long>() + by, ends[1]!.GetValue<long>() + by);
    }
}
