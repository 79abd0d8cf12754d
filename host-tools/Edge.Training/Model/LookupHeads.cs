using System.Numerics.Tensors;

namespace Edge.Training.Model;

/// <summary>
/// First weights with a look-up in them, so that a small model need not find one by chance (the "induction heads" of
/// Olsson and others, 2022; that structured first weights help small transformers: Trockman and Kolter, 2023). One head
/// of the first layer looks at the token before and notes which it was; one head of each of the next layers looks for
/// positions whose note is the token at hand, and writes what stands there. All of it can be unlearned.
/// </summary>
/// <remarks>Let x be the normed stream, P and N rows of one orthogonal basis of the space beside the constant.
/// The head before: q = a x0 u, k = a x0 R(1) u on the pairs that turn fastest, so q R(n - m) k is largest at n = m - 1;
/// it writes Nt P x of there. The head that looks up: q = s P x, k = s N x on the pairs that turn slowest, so that distance
/// hardly matters; it writes Ct C x, with C other rows of the basis.</remarks>
internal sealed unsafe class LookupHeads
{
    /// <summary>Of the table. The stream that it begins must be long beside one step of the optimiser, which moves every
    /// direction of a matrix by about 0.02: at 0.02 three steps wipe out what these heads write.</summary>
    private const double TableDeviation = 0.3;

    /// <summary>First weights of the last norm: logits begin near 0 although the table is large.</summary>
    private const float OutputNorm = 0.1f;

    /// <summary>What all tokens share in column 0, as a multiple of the deviation.</summary>
    private const double Constant = 6;

    /// <summary>Layers that look up.</summary>
    private const int LookingLayers = 3;

    /// <summary>What the score of the token before has above that of its neighbours, about.</summary>
    private const double ScoreBefore = 5;

    /// <summary>The score of a token that was found, about: others have a deviation of a fifth of it.</summary>
    private const double ScoreFound = 12;

    private readonly Network _network;
    private readonly int _dim;
    private readonly int _headDim;
    private readonly double[][] _basis;

    private LookupHeads(Network network, Func<double> normal)
    {
        _network = network;
        _dim = network.Config.Dim;
        _headDim = network.Config.HeadDim;
        _basis = Basis(_dim, normal);
    }

    /// <summary>Overwrites what was drawn for these heads; all other parts begin with writing nothing. The output must be
    /// the table.</summary>
    /// <param name="normal">Draws from N(0, 1).</param>
    public static void Install(Network network, Func<double> normal)
    {
        var heads = new LookupHeads(network, normal);
        heads.FillTable();
        heads.SilenceWriters();
        heads.LookBefore();
        for (var layer = 1; layer <= Math.Min(LookingLayers, network.Config.Layers - 1); layer++)
            heads.LookUp(layer);
    }

    /// <summary>Dimensions in which tokens are compared: the slow half of a head.</summary>
    private int Matched => Math.Min(_headDim / 2, (_dim - 1) / 2);

    private void FillTable()
    {
        var table = _network.Layout["token_embd.weight"];
        var values = new Span<float>(_network.Weights + table.Offset, checked((int)table.Length));
        TensorPrimitives.Multiply(values, (float)(TableDeviation / Initializer.TableDeviation), values);
        for (var row = 0; row < table.Rows; row++)
            values[row * table.Columns] = (float)(TableDeviation * Constant);
        var norm = _network.Layout["output_norm.weight"];
        new Span<float>(_network.Weights + norm.Offset, checked((int)norm.Length)).Fill(OutputNorm);
    }

    private void SilenceWriters()
    {
        foreach (var parameter in _network.Layout.Parameters)
        {
            if (
                parameter.Name.EndsWith("attn_output.weight", StringComparison.Ordinal)
                || parameter.Name.EndsWith("ffn_down.weight", StringComparison.Ordinal)
            )
                new Span<float>(_network.Weights + parameter.Offset, checked((int)parameter.Length)).Clear();
        }
    }

    private void LookBefore()
    {
        var pairs = Math.Max(1, _headDim / 8);
        // The constant after the first norm.
        var x0 = Constant / Math.Sqrt((_dim - 1 + (Constant * Constant)) / _dim);
        var a = Math.Sqrt(ScoreBefore * Math.Sqrt(_headDim)) / x0;
        Clear("attn_q", 0);
        Clear("attn_k", 0);
        for (var pair = 0; pair < pairs; pair++)
        {
            var angle = Math.Pow(_network.Config.RopeTheta, -2.0 * pair / _network.Config.RopeDim);
            Row("attn_q", 0, 2 * pair)[0] = (float)a;
            Row("attn_k", 0, 2 * pair)[0] = (float)(a * Math.Cos(angle));
            Row("attn_k", 0, (2 * pair) + 1)[0] = (float)(a * Math.Sin(angle));
        }
        // What is noted is as long as an embedding: sqrt(dim) of the deviation, out of that many values near 1.
        var note = TableDeviation * Math.Sqrt((double)_dim / Matched);
        for (var j = 0; j < Matched; j++)
        {
            Set(Row("attn_v", 0, j), P(j), 1);
            Write(0, j, N(j), note);
        }
    }

    private void LookUp(int layer)
    {
        // Embedding and note share the stream, so both are near sqrt(1/2) after the norm, and each of the note's values
        // is sqrt(dim / matched) of that.
        var found = Matched * 0.5 * Math.Sqrt((double)_dim / Matched);
        var s = Math.Sqrt(ScoreFound * Math.Sqrt(_headDim) / found);
        Clear("attn_q", layer);
        Clear("attn_k", layer);
        for (var j = 0; j < Matched; j++)
        {
            Set(Row("attn_q", layer, _headDim - Matched + j), P(j), s);
            Set(Row("attn_k", layer, _headDim - Matched + j), N(j), s);
        }
        var copy = TableDeviation * Math.Sqrt((double)_dim / _headDim);
        for (var j = 0; j < _headDim; j++)
        {
            var direction = C(layer, j);
            Set(Row("attn_v", layer, j), direction, 1);
            Write(layer, j, direction, copy);
        }
    }

    private double[] P(int j) => _basis[j % _basis.Length];

    private double[] N(int j) => _basis[(Matched + j) % _basis.Length];

    /// <summary>Of the whole basis, one block a layer.</summary>
    private double[] C(int layer, int j) => _basis[(((layer - 1) * _headDim) + j) % _basis.Length];

    /// <summary>A row of the first head.</summary>
    private float* Row(string name, int layer, int row) =>
        _network.Weights + _network.Layout[$"blk.{layer}.{name}.weight"].Offset + ((long)row * _dim);

    private void Clear(string name, int layer) =>
        new Span<float>(Row(name, layer, 0), checked(_headDim * _dim)).Clear();

    private void Set(float* row, double[] direction, double size)
    {
        for (var i = 0; i < _dim; i++)
            row[i] = (float)(size * direction[i]);
    }

    /// <summary>What element <paramref name="j"/> of the first head adds to the stream.</summary>
    private void Write(int layer, int j, double[] direction, double size)
    {
        var output = _network.Layout[$"blk.{layer}.attn_output.weight"];
        for (var i = 0; i < _dim; i++)
            _network.Weights[output.Offset + ((long)i * output.Columns) + j] = (float)(size * direction[i]);
    }

    /// <summary>dim - 1 orthogonal rows of length 1, 0 in column 0 (Gram and Schmidt).</summary>
    private static double[][] Basis(int dim, Func<double> normal)
    {
        var rows = new double[dim - 1][];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i] = new double[dim];
            for (var k = 1; k < dim; k++)
                row[k] = normal();
            for (var j = 0; j < i; j++)
            {
                var along = 0.0;
                for (var k = 1; k < dim; k++)
                    along += row[k] * rows[j][k];
                for (var k = 1; k < dim; k++)
                    row[k] -= along * rows[j][k];
            }
            var length = Math.Sqrt(row.Sum(x => x * x));
            for (var k = 1; k < dim; k++)
                row[k] /= length;
        }
        return rows;
    }
}
