using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>
/// One conversation: the key-value cache and every buffer that a forward pass needs. This is the one place where memory
/// for computing is allocated.
/// </summary>
public sealed unsafe class InferenceState : IDisposable
{
    /// <summary>Tokens that one pass through the layers takes at most; longer prompts take several passes.</summary>
    public const int BatchMax = 64;

    private readonly List<IDisposable> _buffers = [];

    /// <param name="positions">Positions the cache holds, 1 to the model's context length.</param>
    /// <param name="threads">Threads that will compute; each has scratch of its own.</param>
    public InferenceState(ModelConfig config, int positions, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, config.ContextLength);
        Config = config;
        Positions = positions;
        Batch = Math.Min(BatchMax, positions);
        Keys = Floats(config.Layers * KeyLength(config, positions) * config.KvHeads);
        Values = Floats(config.Layers * ValueLength(config, positions) * config.KvHeads);
        Residual = Floats((long)Batch * config.Dim);
        Delta = Floats((long)Batch * config.Dim);
        Normed = Rows(config.Dim);
        Query = Floats((long)Batch * config.QueryDim);
        Key = Floats((long)Batch * config.KvDim);
        Value = Floats((long)Batch * config.KvDim);
        Attended = Rows(config.QueryDim);
        Gate = Rows(config.HiddenDim);
        Up = Floats((long)Batch * config.HiddenDim);
        CosSin = Floats((long)Batch * config.RopeDim);
        Logits = Floats(config.VocabSize);
        ScratchStride = ScratchLength(config, positions);
        Scratch = Floats((long)threads * ScratchStride);
    }

    public ModelConfig Config { get; }

    /// <summary>Positions the cache holds.</summary>
    public int Positions { get; }

    /// <summary>Positions that are filled; rows beyond are stale.</summary>
    public int Length { get; internal set; }

    /// <summary>Bytes this state holds.</summary>
    public long Bytes { get; private set; }

    /// <summary>Tokens in one pass.</summary>
    internal int Batch { get; }

    /// <summary>(layers, kv heads, one head's keys): see Kernels/Attention.</summary>
    internal float* Keys { get; }

    /// <summary>(layers, kv heads, one head's values).</summary>
    internal float* Values { get; }

    /// <summary>(batch, dim): the residual stream.</summary>
    internal float* Residual { get; }

    /// <summary>(batch, dim): what a sublayer adds to it.</summary>
    internal float* Delta { get; }

    /// <summary>(batch, dim): normalised input of the products.</summary>
    internal ActivationRows Normed { get; }

    /// <summary>(batch, heads * head)</summary>
    internal float* Query { get; }

    /// <summary>(batch, kv heads * head): this pass's keys before they enter the cache.</summary>
    internal float* Key { get; }

    /// <summary>As <see cref="Key"/>.</summary>
    internal float* Value { get; }

    /// <summary>(batch, heads * head): attention's output.</summary>
    internal ActivationRows Attended { get; }

    /// <summary>(batch, hidden): gate, then silu(gate) * up.</summary>
    internal ActivationRows Gate { get; }

    /// <summary>(batch, hidden)</summary>
    internal float* Up { get; }

    /// <summary>(batch, rope / 2, 2): cosine and sine of each position's angles.</summary>
    internal float* CosSin { get; }

    /// <summary>(vocab): logits of the last token of the last pass that asked for them.</summary>
    internal float* Logits { get; }

    /// <summary>(threads, ScratchStride): attention scores of one head for a few tokens, or one widened weight row.</summary>
    internal float* Scratch { get; }

    internal int ScratchStride { get; }

    /// <summary>Bytes a state will take, without making one.</summary>
    public static long BytesNeeded(ModelConfig config, int positions, int threads)
    {
        long batch = Math.Min(BatchMax, positions);
        var head = KeyLength(config, positions) + ValueLength(config, positions);
        var cache = config.Layers * config.KvHeads * head * sizeof(float);
        var quantised = batch * (config.Dim + config.QueryDim + config.HiddenDim) * 9 / 8;
        var rows =
            (3L * config.Dim) + (2L * config.QueryDim) + (2L * config.KvDim) + (2L * config.HiddenDim) + config.RopeDim;
        var scratch = (long)threads * ScratchLength(config, positions);
        return cache + quantised + (((batch * rows) + config.VocabSize + scratch) * sizeof(float));
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }

    /// <summary>Where a head's keys and values start, in floats.</summary>
    internal (long Keys, long Values) CacheStart(int layer, int kvHead)
    {
        var head = ((long)layer * Config.KvHeads) + kvHead;
        return (head * KeyLength(Config, Positions), head * ValueLength(Config, Positions));
    }

    private static long KeyLength(ModelConfig config, int positions) =>
        (long)Attention.RoundPositions(positions) * config.HeadDim;

    private static long ValueLength(ModelConfig config, int positions) =>
        (long)Attention.RoundPositions(positions) * Attention.ValueStride(config.HeadDim);

    /// <summary>Floats of one thread's scratch: a multiple of 16, so that threads share no cache line.</summary>
    private static int ScratchLength(ModelConfig config, int positions)
    {
        var scores = Attention.QueriesMax * Attention.RoundPositions(positions);
        var widest = Math.Max(Math.Max(config.Dim, config.HiddenDim), Math.Max(config.QueryDim, scores));
        return (widest + 15) & ~15;
    }

    private ActivationRows Rows(int width) =>
        new()
        {
            Values = Floats((long)Batch * width),
            Quants = Make<sbyte>((long)Batch * width),
            Scales = Floats((long)Batch * (width / Quantizer.GroupSize)),
        };

    private float* Floats(long length) => Make<float>(length);

    private T* Make<T>(long length)
        where T : unmanaged
    {
        var buffer = new NativeBuffer<T>(length);
        _buffers.Add(buffer);
        Bytes += buffer.Bytes;
        return buffer.Pointer;
    }
}
