namespace Edge.Cli.Output;

/// <summary>Reports on the caller's thread, in order; <see cref="Progress{T}"/> would post to the pool.</summary>
internal sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
