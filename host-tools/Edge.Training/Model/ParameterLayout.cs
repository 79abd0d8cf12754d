using Edge.Inference;

namespace Edge.Training.Model;

/// <summary>What an optimiser may treat differently.</summary>
internal enum ParameterKind
{
    /// <summary>A weight of a linear layer, (outputs, inputs).</summary>
    Matrix,

    /// <summary>A table with one row a token: the embedding, the output.</summary>
    Table,

    /// <summary>Norm weights: no decay.</summary>
    Vector,
}

/// <summary>One tensor inside the flat buffer of all parameters.</summary>
/// <param name="Name">As GGUF names it.</param>
/// <param name="Offset">First float.</param>
internal sealed record Parameter(string Name, ParameterKind Kind, int Rows, int Columns, long Offset)
{
    public long Length => (long)Rows * Columns;

    public long End => Offset + Length;
}

/// <summary>
/// Where each tensor lies in the one buffer that holds all parameters. Tensors that are multiplied with the same input
/// are neighbours (query, key, value; gate, up), so that one product does for them all.
/// </summary>
internal sealed class ParameterLayout
{
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);

    public ParameterLayout(ModelConfig config)
    {
        var all = new List<Parameter>();
        var offset = 0L;
        Add("token_embd.weight", ParameterKind.Table, config.VocabSize, config.Dim);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            Add($"blk.{layer}.attn_norm.weight", ParameterKind.Vector, 1, config.Dim);
            Add($"blk.{layer}.attn_q.weight", ParameterKind.Matrix, config.QueryDim, config.Dim);
            Add($"blk.{layer}.attn_k.weight", ParameterKind.Matrix, config.KvDim, config.Dim);
            Add($"blk.{layer}.attn_v.weight", ParameterKind.Matrix, config.KvDim, config.Dim);
            Add($"blk.{layer}.attn_output.weight", ParameterKind.Matrix, config.Dim, config.QueryDim);
            Add($"blk.{layer}.ffn_norm.weight", ParameterKind.Vector, 1, config.Dim);
            Add($"blk.{layer}.ffn_gate.weight", ParameterKind.Matrix, config.HiddenDim, config.Dim);
            Add($"blk.{layer}.ffn_up.weight", ParameterKind.Matrix, config.HiddenDim, config.Dim);
            Add($"blk.{layer}.ffn_down.weight", ParameterKind.Matrix, config.Dim, config.HiddenDim);
        }
        Add("output_norm.weight", ParameterKind.Vector, 1, config.Dim);
        if (!config.TiedOutput)
            Add("output.weight", ParameterKind.Table, config.VocabSize, config.Dim);
        Parameters = all;
        Length = offset;

        void Add(string name, ParameterKind kind, int rows, int columns)
        {
            var parameter = new Parameter(name, kind, rows, columns, offset);
            all.Add(parameter);
            _byName.Add(name, parameter);
            offset += parameter.Length;
        }
    }

    /// <summary>In the order of the buffer.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Floats in all.</summary>
    public long Length { get; }

    public Parameter this[string name] => _byName[name];
}
