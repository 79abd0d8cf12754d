using Edge.Inference;
using Edge.Training.Model;

namespace Edge.Training.Tests.Model;

/// <summary>The network in fp64, position by position, as the formulas stand in the books: what the fast one must agree
/// with. Forward only: its derivatives come from finite differences.</summary>
internal sealed class ReferenceNetwork(ModelConfig config, ParameterLayout layout, double[] weights)
{
    /// <summary>Sum of the losses of the judged positions, in nats.</summary>
    public double Loss(Batch batch)
    {
        var logits = Logits(batch);
        var loss = 0.0;
        for (var i = 0; i < batch.Positions; i++)
        {
            if (batch.Targets[i] == Batch.NoTarget)
                continue;
            var max = logits[i].Max();
            loss += Math.Log(logits[i].Sum(x => Math.Exp(x - max))) + max - logits[i][batch.Targets[i]];
        }
        return loss;
    }

    /// <summary>(positions, vocab).</summary>
    public double[][] Logits(Batch batch)
    {
        var x = batch.Inputs.Select(token => Row("token_embd.weight", token, config.Dim)).ToArray();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"blk.{layer}.";
            var normed = x.Select(row => Norm(row, name + "attn_norm.weight")).ToArray();
            var q = Turned(normed.Select(row => Linear(row, name + "attn_q.weight")).ToArray(), config.Heads, batch);
            var k = Turned(normed.Select(row => Linear(row, name + "attn_k.weight")).ToArray(), config.KvHeads, batch);
            var v = normed.Select(row => Linear(row, name + "attn_v.weight")).ToArray();
            for (var i = 0; i < x.Length; i++)
                x[i] = Sum(x[i], Linear(Attend(batch, i, q, k, v), name + "attn_output.weight"));
            for (var i = 0; i < x.Length; i++)
            {
                var row = Norm(x[i], name + "ffn_norm.weight");
                var gate = Linear(row, name + "ffn_gate.weight");
                var up = Linear(row, name + "ffn_up.weight");
                var act = gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u).ToArray();
                x[i] = Sum(x[i], Linear(act, name + "ffn_down.weight"));
            }
        }
        var output = config.TiedOutput ? "token_embd.weight" : "output.weight";
        return x.Select(row => Linear(Norm(row, "output_norm.weight"), output)).ToArray();
    }

    private double[] Attend(Batch batch, int at, double[][] q, double[][] k, double[][] v)
    {
        var first = at / batch.Length * batch.Length;
        var width = config.HeadDim;
        var result = new double[config.QueryDim];
        for (var head = 0; head < config.Heads; head++)
        {
            var group = head / (config.Heads / config.KvHeads);
            var seen = Enumerable.Range(first + batch.Starts[at], at - first - batch.Starts[at] + 1).ToArray();
            var scores = seen.Select(j =>
                    Enumerable.Range(0, width).Sum(d => q[at][(head * width) + d] * k[j][(group * width) + d])
                    / Math.Sqrt(width)
                )
                .ToArray();
            var max = scores.Max();
            var sum = scores.Sum(s => Math.Exp(s - max));
            for (var d = 0; d < width; d++)
                result[(head * width) + d] = seen.Select(
                        (j, n) => Math.Exp(scores[n] - max) / sum * v[j][(group * width) + d]
                    )
                    .Sum();
        }
        return result;
    }

    private double[][] Turned(double[][] rows, int heads, Batch batch)
    {
        for (var i = 0; i < rows.Length; i++)
        for (var head = 0; head < heads; head++)
        for (var pair = 0; pair < config.RopeDim / 2; pair++)
        {
            var angle =
                ((i % batch.Length) - batch.Starts[i]) * Math.Pow(config.RopeTheta, -2.0 * pair / config.RopeDim);
            var at = (head * config.HeadDim) + (2 * pair);
            var (a, b) = (rows[i][at], rows[i][at + 1]);
            rows[i][at] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
            rows[i][at + 1] = (a * Math.Sin(angle)) + (b * Math.Cos(angle));
        }
        return rows;
    }

    private double[] Norm(double[] x, string name)
    {
        var weight = Row(name, 0, config.Dim);
        var scale = 1 / Math.Sqrt(x.Average(value => value * value) + config.NormEpsilon);
        return x.Zip(weight, (value, w) => value * scale * w).ToArray();
    }

    private double[] Linear(double[] x, string name)
    {
        var parameter = layout[name];
        var y = new double[parameter.Rows];
        for (var row = 0; row < y.Length; row++)
        for (var column = 0; column < x.Length; column++)
            y[row] += weights[parameter.Offset + ((long)row * parameter.Columns) + column] * x[column];
        return y;
    }

    private double[] Row(string name, int row, int width) =>
        weights.AsSpan(checked((int)layout[name].Offset) + (row * width), width).ToArray();

    private static double[] Sum(double[] a, double[] b) => a.Zip(b, (x, y) => x + y).ToArray();
}
