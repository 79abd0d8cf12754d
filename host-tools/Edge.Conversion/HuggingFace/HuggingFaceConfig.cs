using Edge.Inference;

namespace Edge.Conversion.HuggingFace;

/// <summary>How the rotation is scaled.</summary>
/// <param name="Linear">Positions are divided by it; 1 for none.</param>
/// <param name="Factors">Llama 3's divisors, one for each pair; null for none.</param>
internal sealed record RopeScaling(float Linear, float[]? Factors)
{
    /// <summary>Both together, as the engine has them; null for none.</summary>
    public float[]? Divisors(int pairs) =>
        Linear == 1 ? Factors : [.. (Factors ?? [.. Enumerable.Repeat(1f, pairs)]).Select(factor => factor * Linear)];
}

/// <summary>The shape of a model from its config.json. What Edge would compute in another way is refused.</summary>
internal static class HuggingFaceConfig
{
    public static (ModelConfig Config, RopeScaling Rope) Read(JsonPart root)
    {
        RefuseWhatEdgeCannotRun(root);
        var dim = root.Require("hidden_size").Int(1, ModelLimits.DimMax);
        var heads = root.Require("num_attention_heads").Int(1, ModelLimits.HeadsMax);
        var kvHeads = root.Find("num_key_value_heads")?.Int(1, ModelLimits.HeadsMax) ?? heads;
        if (heads % kvHeads != 0)
            throw root.File.Bad($"num_attention_heads is {heads}, which {kvHeads} key and value heads do not divide.");
        if (root.Find("head_dim") is null && dim % heads != 0)
            throw root.File.Bad($"hidden_size is {dim:N0}, which {heads} heads do not divide.");
        var headDim = root.Find("head_dim")?.Int(2, ModelLimits.HeadDimMax) ?? dim / heads;
        if (headDim % 2 != 0 || headDim is < 2 or > ModelLimits.HeadDimMax)
            throw root.File.Bad($"heads must have an even width of 2 to {ModelLimits.HeadDimMax:N0}, found {headDim}.");

        // Newer files have theta and scaling together in rope_parameters.
        var rope = root.Find("rope_scaling") ?? root.Find("rope_parameters");
        var theta = (root.Find("rope_theta") ?? rope?.Find("rope_theta"))?.Positive() ?? 10000f;
        var config = new ModelConfig
        {
            Dim = dim,
            HiddenDim = root.Require("intermediate_size").Int(1, ModelLimits.HiddenDimMax),
            Layers = root.Require("num_hidden_layers").Int(1, ModelLimits.LayersMax),
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            RopeDim = headDim,
            VocabSize = root.Require("vocab_size").Int(1, ModelLimits.VocabMax),
            ContextLength = root.Require("max_position_embeddings").Int(1, ModelLimits.ContextMax),
            RopeTheta = theta,
            NormEpsilon = root.Require("rms_norm_eps").Positive(),
            TiedOutput = root.Find("tie_word_embeddings")?.Flag() ?? false,
        };
        return (config, rope is { } scaling ? ReadScaling(scaling, config) : new RopeScaling(1, null));
    }

    private static void RefuseWhatEdgeCannotRun(JsonPart root)
    {
        var type = root.Require("model_type").Text();
        if (type is not ("llama" or "mistral"))
            throw root.File.Bad(
                $"model_type is {Printable.Show(type)}; Edge runs llama, and mistral without a sliding window."
            );
        if (type == "mistral" && root.Find("sliding_window") is { } window)
        {
            var context = root.Require("max_position_embeddings").Int(1, ModelLimits.ContextMax);
            if (window.Int(0, int.MaxValue) < context)
                throw window.Bad("is shorter than the context; Edge lets every position see all before it.");
        }
        if (root.Find("hidden_act")?.Text() is { } activation && activation != "silu")
            throw root.File.Bad($"hidden_act is {Printable.Show(activation)}; Edge knows silu.");
        foreach (var bias in (string[])["attention_bias", "mlp_bias", "qkv_bias"])
        {
            if (root.Find(bias)?.Flag() == true)
                throw root.File.Bad($"{bias} is true; Edge computes Llama models without biases only.");
        }
        if (root.Find("rope_interleaved")?.Flag() == true)
            throw root.File.Bad("rope_interleaved is true; Edge reads the usual order of rotary pairs only.");
        if (root.Find("quantization_config") is not null)
            throw root.File.Bad("has a quantization_config; Edge converts models in F32, F16 or BF16 only.");
        foreach (var experts in (string[])["num_local_experts", "num_experts"])
        {
            if (root.Find(experts)?.Int(0, int.MaxValue) > 1)
                throw root.File.Bad($"{experts} is above 1: a mixture of experts; Edge runs dense models only.");
        }
        if (root.Find("partial_rotary_factor")?.Positive() is { } part && part != 1)
            throw root.File.Bad($"partial_rotary_factor is {part}; Edge rotates whole heads of such models only.");
    }

    private static RopeScaling ReadScaling(JsonPart scaling, ModelConfig config)
    {
        var type = (scaling.Find("rope_type") ?? scaling.Find("type"))?.Text() ?? "default";
        return type switch
        {
            "default" => new RopeScaling(1, null),
            "linear" => new RopeScaling(scaling.Require("factor").Positive(), null),
            "llama3" => new RopeScaling(1, Llama3Factors(scaling, config)),
            _ => throw scaling.Bad($"is of type {Printable.Show(type)}; Edge knows default, linear and llama3."),
        };
    }

    /// <summary>
    /// Long waves are divided by the factor, short ones stay, between them it blends: by how often a wave fits into the
    /// context of the first training.
    /// </summary>
    private static float[] Llama3Factors(JsonPart scaling, ModelConfig config)
    {
        var factor = scaling.Require("factor").Positive();
        var low = scaling.Require("low_freq_factor").Positive();
        var high = scaling.Require("high_freq_factor").Positive();
        var context = scaling.Require("original_max_position_embeddings").Int(1, ModelLimits.ContextMax);
        if (high <= low)
            throw scaling.Bad($"has a high_freq_factor of {high}, which must be above the low_freq_factor, {low}.");

        var factors = new float[config.RopeDim / 2];
        for (var i = 0; i < factors.Length; i++)
        {
            var wave = 2 * Math.PI * Math.Pow(config.RopeTheta, 2.0 * i / config.RopeDim);
            var share = ((context / wave) - low) / (high - low);
            factors[i] = (float)(
                share <= 0 ? factor
                : share >= 1 ? 1
                : 1 / (((1 - share) / factor) + share)
            );
        }
        return factors;
    }
}
