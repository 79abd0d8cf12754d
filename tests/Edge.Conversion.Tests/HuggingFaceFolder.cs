using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Edge.Conversion.Tests;

/// <summary>Writes a model as a folder in Hugging Face layout, with its own code for the order of rotary rows.</summary>
internal static class HuggingFaceFolder
{
    /// <param name="type">"F32", "F16" or "BF16".</param>
    /// <param name="parts">Files that the weights are spread over; above 1 with an index.</param>
    public static void Write(TestLlama model, string folder, string type = "F32", int parts = 1)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config(model).ToJsonString());
        model.Vocabulary.WriteJson(Path.Combine(folder, "tokenizer.json"));
        var settings = JsonNode.Parse(TestVocabulary.SettingsJson)!.AsObject();
        if (model.ChatTemplate is not null)
            settings["chat_template"] = model.ChatTemplate;
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), settings.ToJsonString());

        var tensors = Tensors(model).Select(t => (t.Name, t.Shape, Bytes: Encode(t.Values, type))).ToList();
        if (parts == 1)
        {
            WriteSafetensors(Path.Combine(folder, "model.safetensors"), type, tensors);
            return;
        }
        var map = new JsonObject();
        for (var part = 0; part < parts; part++)
        {
            var name = $"model-{part + 1:D5}-of-{parts:D5}.safetensors";
            var mine = tensors.Where((_, i) => i % parts == part).ToList();
            WriteSafetensors(Path.Combine(folder, name), type, mine);
            foreach (var tensor in mine)
                map[tensor.Name] = name;
        }
        File.WriteAllText(
            Path.Combine(folder, "model.safetensors.index.json"),
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["total_size"] = 1 },
                ["weight_map"] = map,
            }.ToJsonString()
        );
    }

    public static JsonObject Config(TestLlama model) =>
        new()
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["hidden_size"] = model.Dim,
            ["intermediate_size"] = model.Hidden,
            ["num_hidden_layers"] = model.Layers,
            ["num_attention_heads"] = model.Heads,
            ["num_key_value_heads"] = model.KvHeads,
            ["head_dim"] = model.HeadDim,
            ["vocab_size"] = model.Vocab,
            ["max_position_embeddings"] = model.Context,
            ["rms_norm_eps"] = model.Epsilon,
            ["rope_theta"] = model.Theta,
            ["tie_word_embeddings"] = model.Tied,
            ["hidden_act"] = "silu",
            ["bos_token_id"] = 1,
            ["eos_token_id"] = 2,
        };

    /// <summary>Changes one JSON file of the folder.</summary>
    public static void Edit(string folder, string name, Action<JsonObject> change)
    {
        var path = Path.Combine(folder, name);
        var root = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        change(root);
        File.WriteAllText(path, root.ToJsonString());
    }

    public static void WriteSafetensors(
        string path,
        string type,
        IReadOnlyList<(string Name, int[] Shape, byte[] Bytes)> tensors
    )
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        var offset = 0;
        foreach (var (name, shape, bytes) in tensors)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. shape.Select(dim => JsonValue.Create(dim))]),
                ["data_offsets"] = new JsonArray(offset, offset + bytes.Length),
            };
            offset += bytes.Length;
        }
        Write(path, header.ToJsonString(JsonSerializerOptions.Default), [.. tensors.SelectMany(t => t.Bytes)]);
    }

    public static void Write(string path, string header, byte[] data)
    {
        var utf8 = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)utf8.Length), .. utf8, .. data]);
    }

    /// <summary>The weights by their Hugging Face names.</summary>
    public static IEnumerable<(string Name, int[] Shape, float[] Values)> Tensors(TestLlama model)
    {
        foreach (var (name, rows, columns) in model.Shapes())
        {
            var values = TestLlama.Values(name, Math.Max(1, rows) * columns);
            if (name.Contains("attn_q.", StringComparison.Ordinal))
                values = HalvesApart(values, model.Heads, model.HeadDim, columns);
            if (name.Contains("attn_k.", StringComparison.Ordinal))
                values = HalvesApart(values, model.KvHeads, model.HeadDim, columns);
            yield return (NameOf(name), rows == 0 ? [columns] : [rows, columns], values);
        }
    }

    /// <summary>Rows 2i and 2i + 1 of a head become its rows i and i + head / 2.</summary>
    private static float[] HalvesApart(float[] paired, int heads, int headDim, int columns)
    {
        var apart = new float[paired.Length];
        for (var head = 0; head < heads; head++)
        {
            for (var pair = 0; pair < headDim / 2; pair++)
            {
                for (var c = 0; c < columns; c++)
                {
                    var from = ((head * headDim) + (2 * pair)) * columns;
                    apart[(((head * headDim) + pair) * columns) + c] = paired[from + c];
                    apart[(((head * headDim) + (headDim / 2) + pair) * columns) + c] = paired[from + columns + c];
                }
            }
        }
        return apart;
    }

    private static string NameOf(string gguf) =>
        gguf switch
        {
            "token_embd.weight" => "model.embed_tokens.weight",
            "output_norm.weight" => "model.norm.weight",
            "output.weight" => "lm_head.weight",
            _ => gguf.Replace("blk.", "model.layers.", StringComparison.Ordinal)
                .Replace("attn_norm", "input_layernorm", StringComparison.Ordinal)
                .Replace("ffn_norm", "post_attention_layernorm", StringComparison.Ordinal)
                .Replace("attn_output", "self_attn.o_proj", StringComparison.Ordinal)
                .Replace("attn_q", "self_attn.q_proj", StringComparison.Ordinal)
                .Replace("attn_k", "self_attn.k_proj", StringComparison.Ordinal)
                .Replace("attn_v", "self_attn.v_proj", StringComparison.Ordinal)
                .Replace("ffn_gate", "mlp.gate_proj", StringComparison.Ordinal)
                .Replace("ffn_up", "mlp.up_proj", StringComparison.Ordinal)
                .Replace("ffn_down", "mlp.down_proj", StringComparison.Ordinal),
        };

    private static byte[] Encode(float[] values, string type) =>
        type switch
        {
            "F32" => TestLlama.Bytes(values),
            "F16" => MemoryMarshal.AsBytes<Half>([.. values.Select(value => (Half)value)]).ToArray(),
            _ => MemoryMarshal
                .AsBytes<ushort>([.. values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))])
                .ToArray(),
        };
}
