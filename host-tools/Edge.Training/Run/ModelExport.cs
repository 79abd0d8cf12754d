using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Inference.Kernels;
using Edge.Training.Model;
using Edge.Training.Tokenizing;

namespace Edge.Training.Run;

/// <summary>Writes a network as a GGUF that Edge and other engines run.</summary>
internal static unsafe class ModelExport
{
    /// <summary>As the Jinja template of ChatML is commonly written; Edge recognises the family by its marks.</summary>
    public const string ChatMl =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private const string TemplateKey = "tokenizer.chat_template";

    /// <param name="type">F32 or Q8_0, of the matrices; norms are F32.</param>
    /// <param name="tokenizerPath">A GGUF whose tokenizer goes into the file.</param>
    /// <param name="tasks">"answer", "summarize"; empty for a model of plain text.</param>
    /// <exception cref="IOException">The disk is full or may not be written.</exception>
    public static void Save(
        Network network,
        string path,
        string name,
        TensorType type,
        string tokenizerPath,
        IReadOnlyList<string> tasks
    )
    {
        var config = network.Config;
        var writer = new GgufWriter()
            .Set("general.architecture", "llama")
            .Set("general.name", name)
            .Set("general.file_type", type == TensorType.Q8_0 ? 7u : 0u)
            .Set("llama.vocab_size", (uint)config.VocabSize)
            .Set("llama.context_length", (uint)config.ContextLength)
            .Set("llama.embedding_length", (uint)config.Dim)
            .Set("llama.block_count", (uint)config.Layers)
            .Set("llama.feed_forward_length", (uint)config.HiddenDim)
            .Set("llama.attention.head_count", (uint)config.Heads)
            .Set("llama.attention.head_count_kv", (uint)config.KvHeads)
            .Set("llama.attention.key_length", (uint)config.HeadDim)
            .Set("llama.attention.value_length", (uint)config.HeadDim)
            .Set("llama.attention.layer_norm_rms_epsilon", config.NormEpsilon)
            .Set("llama.rope.dimension_count", (uint)config.RopeDim)
            .Set("llama.rope.freq_base", config.RopeTheta);
        if (type == TensorType.Q8_0)
            writer.Set("general.quantization_version", 2u);
        // Where the tokenizer is that of a model, its template comes with it; ours takes its place.
        BytePairFile.CopyKeys(tokenizerPath, writer, except: tasks.Count > 0 ? TemplateKey : null);
        if (tasks.Count > 0)
        {
            writer
                .Set(TemplateKey, ChatMl)
                .Set("edge.tasks", string.Join(',', tasks))
                .Set(TaskPrompt.MetadataKey, TaskPrompt.Version)
                .Set("edge.refusal", TaskPrompt.Refusal);
            // A model that is trained on keeps when it refuses: without it, it would refuse nearly everything.
            CopyThreshold(tokenizerPath, writer);
        }
        foreach (var parameter in network.Layout.Parameters)
        {
            var stored = parameter.Kind == ParameterKind.Vector ? TensorType.F32 : type;
            int[] dims =
                parameter.Kind == ParameterKind.Vector ? [parameter.Columns] : [parameter.Columns, parameter.Rows];
            writer.AddTensor(parameter.Name, stored, dims, to => Write(network, parameter, stored, to));
        }
        writer.Save(path);
        using var reopened = ModelFile.Open(path);
        if (reopened.ParameterCount != network.Layout.Length)
            throw new IOException(
                $"{path}: it reads back with {reopened.ParameterCount:N0} parameters, {network.Layout.Length:N0} were written"
            );
    }

    private static void CopyThreshold(string path, GgufWriter writer)
    {
        using var gguf = GgufFile.Open(path);
        if (gguf.Metadata.Find(TaskPrompt.ThresholdKey) is { } threshold)
            writer.Copy(TaskPrompt.ThresholdKey, threshold);
    }

    private static void Write(Network network, Parameter parameter, TensorType type, Stream to)
    {
        var blocks = new byte[Matrix.RowBytesOf(type, parameter.Columns)];
        for (var row = 0; row < parameter.Rows; row++)
        {
            var weights = new ReadOnlySpan<float>(
                network.Weights + parameter.Offset + ((long)row * parameter.Columns),
                parameter.Columns
            );
            if (type == TensorType.Q8_0)
                Quantizer.QuantizeQ8(weights, blocks);
            else
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights).CopyTo(blocks);
            to.Write(blocks);
        }
    }
}
