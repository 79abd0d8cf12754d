using System.Collections.Concurrent;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Data;

/// <summary>Encoders that keep the words they know from one job to the next; one for each thread at work.</summary>
internal sealed class EncoderPool(Tokenizer tokenizer)
{
    private readonly ConcurrentBag<CachedEncoder> idle = [];

    public CachedEncoder Take() => idle.TryTake(out var encoder) ? encoder : new CachedEncoder(tokenizer);

    public void Return(CachedEncoder encoder) => idle.Add(encoder);
}
