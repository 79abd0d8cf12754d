using System.Runtime.ExceptionServices;

namespace Edge.Assistant.Evaluation;

/// <summary>Spreads items over workers, a thread each; results stand in the order of the items, whoever computed them.</summary>
public static class ParallelItems
{
    /// <param name="workers">Each is called from one thread at a time; at least one.</param>
    /// <param name="onDone">Gets how many items are done, from any thread, one call at a time.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TResult[] Run<TItem, TResult>(
        IReadOnlyList<TItem> items,
        IReadOnlyList<Func<TItem, TResult>> workers,
        Action<int>? onDone,
        CancellationToken cancellation
    )
    {
        var results = new TResult[items.Count];
        var next = -1;
        var done = 0;
        var gate = new Lock();
        Exception? trouble = null;
        var threads = workers.Select(worker => new Thread(() => Work(worker)) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (trouble is not null)
            ExceptionDispatchInfo.Throw(trouble);
        cancellation.ThrowIfCancellationRequested();
        return results;

        void Work(Func<TItem, TResult> worker)
        {
            try
            {
                int i;
                while (Volatile.Read(ref trouble) is null && (i = Interlocked.Increment(ref next)) < items.Count)
                {
                    cancellation.ThrowIfCancellationRequested();
                    results[i] = worker(items[i]);
                    lock (gate)
                        onDone?.Invoke(++done);
                }
            }
#pragma warning disable CA1031 // A thread must not end the process: what happened is thrown again by Run.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref trouble, e, null);
            }
        }
    }
}
