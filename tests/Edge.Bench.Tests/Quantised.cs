using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Inference.Kernels;

namespace Edge.Bench.Tests;

/// <summary>Writes an fp32 model as Q8_0; matrices whose columns are not whole blocks stay F32.</summary>
internal static class Quantised
{
    public static unsafe string Write(ModelFile source, string path)
    {
        var config = source.Config;
        var writer = new GgufWriter()
            .Set("general.architecture", "llama")
            .Set("llama.context_length", (uint)config.ContextLength)
            .Set("llama.embedding_length", (uint)config.Dim)
            .Set("llama.block_count", (uint)config.Layers)
            .Set("llama.feed_forward_length", (uint)config.HiddenDim)
            .Set("llama.attention.head_count", (uint)config.Heads)
            .Set("llama.attention.head_count_kv", (uint)config.KvHeads)
            .Set("llama.attention.layer_norm_rms_epsilon", config.NormEpsilon)
            .Set("llama.rope.freq_base", config.RopeTheta);
        Matrix("token_embd", source.Weights.TokenEmbedding);
        Vector("output_norm", source.Weights.OutputNorm);
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = source.Weights.Layers[i];
            Vector($"blk.{i}.attn_norm", layer.AttentionNorm);
            Matrix($"blk.{i}.attn_q", layer.Query);
            Matrix($"blk.{i}.attn_k", layer.Key);
            Matrix($"blk.{i}.attn_v", layer.Value);
            Matrix($"blk.{i}.attn_output", layer.AttentionOutput);
            Vector($"blk.{i}.ffn_norm", layer.FeedForwardNorm);
            Matrix($"blk.{i}.ffn_gate", layer.Gate);
            Matrix($"blk.{i}.ffn_up", layer.Up);
            Matrix($"blk.{i}.ffn_down", layer.Down);
        }
        writer.Save(path);
        return path;

        void Vector(string name, float[] values) =>
            writer.AddTensor($"{name}.weight", TensorType.F32, [values.Length], Bytes(values));

        void Matrix(string name, Matrix m)
        {
            var values = new ReadOnlySpan<float>(m.Data, m.Rows * m.Columns);
            if (m.Columns % 32 != 0)
            {
                writer.AddTensor($"{name}.weight", TensorType.F32, [m.Columns, m.Rows], Bytes(values));
                return;
            }
            var blocks = new byte[values.Length / 32 * 34];
            Quantizer.QuantizeQ8(values, blocks);
            writer.AddTensor($"{name}.weight", TensorType.Q8_0, [m.Columns, m.Rows], blocks);
        }
    }

    private static byte[] Bytes(ReadOnlySpan<float> values) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray();
}
