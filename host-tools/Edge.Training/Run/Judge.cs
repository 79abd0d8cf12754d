using Edge.Inference.Kernels;
using Edge.Training.Data;
using Edge.Training.Model;

namespace Edge.Training.Run;

/// <summary>Bits per byte on held-out text, with the weights as they are and as int8 will store them.</summary>
internal sealed unsafe class Judge(Network network, ValidationSet validation, ITrainingWatcher watcher)
{
    public void Run(string stage, long step, long tokens, double seconds)
    {
        if (validation.Bytes == 0)
            return;
        var exact = BitsPerByte(out var sources);
        var kept = new ReadOnlySpan<float>(network.Weights, checked((int)network.Layout.Length)).ToArray();
        Round();
        var rounded = BitsPerByte(out _);
        kept.CopyTo(new Span<float>(network.Weights, kept.Length));
        watcher.Judged(new JudgementReport(stage, step, tokens, seconds, exact, rounded, sources));
    }

    private double BitsPerByte(out Dictionary<string, double> sources)
    {
        sources = new Dictionary<string, double>(StringComparer.Ordinal);
        var all = 0.0;
        foreach (var part in validation.Parts)
        {
            var nats = part.Batches.Sum(network.Loss);
            all += nats;
            sources[part.Source] = nats / Math.Log(2) / Math.Max(1, part.Bytes);
        }
        return all / Math.Log(2) / validation.Bytes;
    }

    /// <summary>Every matrix through Q8_0 and back.</summary>
    private void Round()
    {
        var values = stackalloc sbyte[Quantizer.GroupSize];
        foreach (var parameter in network.Layout.Parameters)
        {
            if (parameter.Kind == ParameterKind.Vector || parameter.Columns % Quantizer.GroupSize != 0)
                continue;
            for (var at = parameter.Offset; at < parameter.End; at += Quantizer.GroupSize)
            {
                float scale;
                Quantizer.Quantize(network.Weights + at, Quantizer.GroupSize, values, &scale);
                var stored = (float)(Half)scale;
                for (var i = 0; i < Quantizer.GroupSize; i++)
                    network.Weights[at + i] = values[i] * stored;
            }
        }
    }
}
