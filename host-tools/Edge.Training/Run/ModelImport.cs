using System.Globalization;
using Edge.Inference;
using Edge.Inference.Kernels;
using Edge.Training.Model;

namespace Edge.Training.Run;

/// <summary>Weights of a model file as the first weights of a run.</summary>
internal static unsafe class ModelImport
{
    /// <exception cref="TrainingException">The file holds a model of another shape.</exception>
    /// <exception cref="ModelFormatException">The file is no model.</exception>
    public static void Load(Network network, string path)
    {
        using var file = ModelFile.Open(path);
        var (want, have) = (network.Config, file.Config);
        if (
            want with
            {
                ContextLength = 0,
                NormEpsilon = 0,
                RopeTheta = 0,
            } != have with { ContextLength = 0, NormEpsilon = 0, RopeTheta = 0 }
        )
            throw new TrainingException(
                $"{Path.GetFileName(path)}: expected a model of {Shape(want)}; found {Shape(have)}. Set model in the recipe to what the file has."
            );
        foreach (var parameter in network.Layout.Parameters)
        {
            var to = network.Weights + parameter.Offset;
            if (parameter.Kind == ParameterKind.Vector)
            {
                Vector(file.Weights, parameter.Name).CopyTo(new Span<float>(to, parameter.Columns));
                continue;
            }
            var matrix = Matrix(file.Weights, parameter.Name);
            for (var row = 0; row < parameter.Rows; row++)
                MatrixProduct.ReadRow(matrix, row, to + ((long)row * parameter.Columns));
        }
    }

    private static float[] Vector(ModelWeights weights, string name)
    {
        if (name == "output_norm.weight")
            return weights.OutputNorm;
        var (layer, part) = Split(weights, name);
        return part == "attn_norm" ? layer.AttentionNorm : layer.FeedForwardNorm;
    }

    private static Matrix Matrix(ModelWeights weights, string name)
    {
        if (name == "token_embd.weight")
            return weights.TokenEmbedding;
        if (name == "output.weight")
            return weights.Output;
        var (layer, part) = Split(weights, name);
        return part switch
        {
            "attn_q" => layer.Query,
            "attn_k" => layer.Key,
            "attn_v" => layer.Value,
            "attn_output" => layer.AttentionOutput,
            "ffn_gate" => layer.Gate,
            "ffn_up" => layer.Up,
            _ => layer.Down,
        };
    }

    /// <summary>"blk.3.attn_q.weight": layer 3, "attn_q".</summary>
    private static (LayerWeights Layer, string Part) Split(ModelWeights weights, string name)
    {
        var parts = name.Split('.');
        return (weights.Layers[int.Parse(parts[1], CultureInfo.InvariantCulture)], parts[2]);
    }

    private static string Shape(ModelConfig config) =>
        $"depth {config.Layers}, width {config.Dim}, hidden {config.HiddenDim}, heads {config.Heads}/{config.KvHeads} of {config.HeadDim}, vocabulary {config.VocabSize}";
}
