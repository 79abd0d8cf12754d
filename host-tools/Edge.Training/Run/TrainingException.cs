namespace Edge.Training.Run;

/// <summary>A run that cannot begin or go on. The message says what, why, and what to do; nothing that was saved is
/// lost.</summary>
public sealed class TrainingException : Exception
{
    public TrainingException(string message)
        : base(message) { }

    public TrainingException(string message, Exception inner)
        : base(message, inner) { }
}
