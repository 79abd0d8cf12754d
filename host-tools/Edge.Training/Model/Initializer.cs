namespace Edge.Training.Model;

/// <summary>First weights: norms 1, tables N(0, 0.02), matrices N(0, 0.5 / sqrt(inputs)), and those that write into the
/// residual stream smaller by sqrt(2 layers), so that the sum of the layers starts at the size of one.</summary>
internal static unsafe class Initializer
{
    public const double TableDeviation = 0.02;

    /// <param name="lookup">With the heads of <see cref="LookupHeads"/>.</param>
    public static void Fill(Network network, ulong seed, bool lookup = false)
    {
        var random = new SeededNormal(seed);
        var writers = 1 / Math.Sqrt(2.0 * network.Config.Layers);
        foreach (var parameter in network.Layout.Parameters)
        {
            var writes =
                parameter.Name.EndsWith("attn_output.weight", StringComparison.Ordinal)
                || parameter.Name.EndsWith("ffn_down.weight", StringComparison.Ordinal);
            var deviation = parameter.Kind switch
            {
                ParameterKind.Table => TableDeviation,
                ParameterKind.Matrix => 0.5 / Math.Sqrt(parameter.Columns) * (writes ? writers : 1),
                _ => 0,
            };
            for (var at = parameter.Offset; at < parameter.End; at++)
                network.Weights[at] = parameter.Kind == ParameterKind.Vector ? 1f : (float)(deviation * random.Next());
        }
        if (lookup)
            LookupHeads.Install(network, random.Next);
    }

    /// <summary>Normally distributed numbers that are the same everywhere: SplitMix64 and the Box-Muller formula.</summary>
    private sealed class SeededNormal(ulong seed)
    {
        private ulong _state = seed;

        public double Next()
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
            return radius * Math.Cos(2 * Math.PI * Uniform());
        }

        private double Uniform()
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
