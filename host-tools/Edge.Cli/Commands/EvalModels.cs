using System.Text.Json;
using Edge.Cli.Output;
using Edge.Inference;
using Edge.Inference.Onnx;

namespace Edge.Cli.Commands;

/// <summary>One model opened once for each thread, because items are independent and a small model gains little from several
/// threads at one. The file's pages are shared.</summary>
internal sealed class EvalModels : IDisposable
{
    private readonly List<ILanguageModel> _models = [];

    /// <param name="path">"none" opens nothing.</param>
    /// <param name="threads">0 takes one for each processor.</param>
    public EvalModels(string path, string? tokenizer, int threads)
    {
        if (path == "none")
            return;
        try
        {
            for (var i = 0; i < (threads == 0 ? Environment.ProcessorCount : threads); i++)
                _models.Add(LanguageModels.Open(path, tokenizer, threads: 1));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<ILanguageModel> Models => _models;

    public string Name => _models.Count > 0 ? _models[0].Name : "none";

    public void Dispose() => _models.ForEach(model => model.Dispose());

    /// <summary>Opened before the work, so that a path that cannot be written is not found out after it.</summary>
    public static StreamWriter? OpenPredictions(string? path) =>
        path is null ? null : new StreamWriter(path) { NewLine = "\n" };

    public static void Write(StreamWriter? writer, IEnumerable<Prediction> predictions)
    {
        foreach (var prediction in predictions)
            writer?.WriteLine(JsonSerializer.Serialize(prediction, Json.Types.Prediction));
    }
}
