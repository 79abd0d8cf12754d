namespace Edge.Training.Data;

/// <summary>Text or examples that cannot be trained on. The message names the file, the place, and what to do.</summary>
public sealed class TrainingDataException : Exception
{
    public TrainingDataException(string message)
        : base(message) { }

    public TrainingDataException(string message, Exception inner)
        : base(message, inner) { }

    /// <summary>"NAME: MESSAGE".</summary>
    internal static TrainingDataException In(string file, string message, Exception? inner = null) =>
        inner is null
            ? new TrainingDataException($"{Path.GetFileName(file)}: {message}")
            : new TrainingDataException($"{Path.GetFileName(file)}: {message}", inner);
}
