using System.Runtime.Intrinsics.X86;
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

    /// <summary>Tokens of one pass that can have logits.</summary>
    public const int LogitRows = 8;

    private readonly List<IDisposable> _buffers = [];

    /// <param name="positions">Positions the cache holds, 1 to the model's context length.</param>
    /// <param name="threads">Threads that will compute; each has scratch of its own.</param>
    /// <param name="type">How keys and values are stored.</param>
    public InferenceState(ModelConfig config, int positions, int threads, KvType type = KvType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, config.ContextLength);
        Config = config;
        Positions = positions;
        Type = type;
        Batch = Math.Min(BatchMax, positions);
        Rows = Math.Max(Batch, threads);
        Keys = Make<byte>(config.Layers * KeyLength(config, positions) * config.KvHeads * ElementBytes(type));
        Values = Make<byte>(config.Layers * ValueLength(config, positions) * config.KvHeads * ElementBytes(type));
        Residual = Floats((long)Rows * config.Dim);
        Delta = Floats((long)Batch * config.Dim);
        Normed = Quantised(config.Dim);
        Query = Floats((long)Batch * config.QueryDim);
        Key = Floats((long)Batch * config.KvDim);
        Value = Floats((long)Batch * config.KvDim);
        Attended = Quantised(config.QueryDim);
        Gate = Quantised(config.HiddenDim);
        Up = Floats((long)Batch * config.HiddenDim);
        CosSin = Floats((long)Batch * config.RopeDim);
        Logits = Floats((long)LogitRows * config.VocabSize);
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

    public KvType Type { get; }

    /// <summary>Tokens in one pass.</summary>
    internal int Batch { get; }

    /// <summary>Rows of the buffers that each thread has to itself when there is one token: at least one a thread.</summary>
    internal int Rows { get; }

    /// <summary>(layers, kv heads, one head's keys): see Kernels/Attention.</summary>
    internal byte* Keys { get; }

    /// <summary>(layers, kv heads, one head's values).</summary>
    internal byte* Values { get; }

    /// <summary>(rows, dim): the residual stream.</summary>
    internal float* Residual { get; }

    /// <summary>(batch, dim): what a sublayer adds to it.</summary>
    internal float* Delta { get; }

    /// <summary>(rows, dim): normalised input of the products.</summary>
    internal Activations Normed { get; }

    /// <summary>(batch, heads * head)</summary>
    internal float* Query { get; }

    /// <summary>(batch, kv heads * head): this pass's keys before they enter the cache.</summary>
    internal float* Key { get; }

    /// <summary>As <see cref="Key"/>.</summary>
    internal float* Value { get; }

    /// <summary>(rows, heads * head): attention's output; values in the first batch of rows.</summary>
    internal Activations Attended { get; }

    /// <summary>(rows, hidden): gate, then silu(gate) * up.</summary>
    internal Activations Gate { get; }

    /// <summary>(batch, hidden)</summary>
    internal float* Up { get; }

    /// <summary>(batch, rope / 2, 2): cosine and sine of each position's angles.</summary>
    internal float* CosSin { get; }

    /// <summary>(LogitRows, vocab): logits of the last tokens of the last pass that asked for them.</summary>
    internal float* Logits { get; }

    /// <summary>(threads, ScratchStride): what attention needs for a few queries, or one widened weight row.</summary>
    internal float* Scratch { get; }

    internal int ScratchStride { get; }

    /// <summary>Bytes a state will take, without making one.</summary>
    public static long BytesNeeded(ModelConfig config, int positions, int threads, KvType type = KvType.F32)
    {
        long batch = Math.Min(BatchMax, positions);
        long rows = Math.Max(batch, threads);
        var widths = config.Dim + config.QueryDim + config.HiddenDim;
        // Bytes, a scale for 32 of them, and where it is read, the split form.
        var quantised = rows * widths * (36 + SplitBytes) / 32;
        var floats =
            (rows * (widths + config.Dim))
            + (batch * (config.Dim + config.QueryDim + (2L * config.KvDim) + config.HiddenDim + config.RopeDim))
            + ((long)LogitRows * config.VocabSize)
            + ((long)threads * ScratchLength(config, positions));
        return CacheBytes(config, positions, type) + quantised + (floats * sizeof(float));
    }

    /// <summary>Bytes of the key-value cache alone.</summary>
    public static long CacheBytes(ModelConfig config, int positions, KvType type) =>
        (long)config.Layers
        * config.KvHeads
        * (KeyLength(config, positions) + ValueLength(config, positions))
        * ElementBytes(type);

    /// <summary>Bytes of the keys and values of the first positions, a multiple of 16.</summary>
    internal long BytesOf(int positions) =>
        (long)Config.Layers
        * Config.KvHeads
        * positions
        * (Config.HeadDim + Attention.ValueStride(Config.HeadDim))
        * ElementBytes(Type);

    /// <summary>The keys and values of the first positions, a multiple of 16: for each layer and head, as they lie.</summary>
    internal byte[] CopyOut(int positions)
    {
        var bytes = new byte[BytesOf(positions)];
        fixed (byte* target = bytes)
            Copy(target, positions, outward: true);
        return bytes;
    }

    /// <summary>Puts back what <see cref="CopyOut"/> gave; the state holds these positions and no more.</summary>
    internal void CopyIn(byte[] bytes, int positions)
    {
        if (bytes.Length != BytesOf(positions) || positions > Positions)
            throw new ArgumentException(
                $"{bytes.Length} bytes are not {positions} positions of this cache",
                nameof(bytes)
            );
        fixed (byte* source = bytes)
            Copy(source, positions, outward: false);
        Length = positions;
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }

    private void Copy(byte* outside, int positions, bool outward)
    {
        var keys = (long)positions * Config.HeadDim * ElementBytes(Type);
        var values = (long)positions * Attention.ValueStride(Config.HeadDim) * ElementBytes(Type);
        for (var layer = 0; layer < Config.Layers; layer++)
        for (var head = 0; head < Config.KvHeads; head++)
        {
            var cache = Cache(layer, head);
            Move(cache.Keys, keys);
            Move(cache.Values, values);
        }

        void Move(byte* inside, long bytes)
        {
            var (from, to) = outward ? ((nint)inside, (nint)outside) : ((nint)outside, (nint)inside);
            Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
            outside += bytes;
        }
    }

    internal HeadCache Cache(int layer, int kvHead)
    {
        var head = (((long)layer * Config.KvHeads) + kvHead) * ElementBytes(Type);
        return new HeadCache
        {
            Keys = Keys + (head * KeyLength(Config, Positions)),
            Values = Values + (head * ValueLength(Config, Positions)),
            Type = Type,
        };
    }

    private static int ElementBytes(KvType type) => type == KvType.F16 ? 2 : 4;

    private static long KeyLength(ModelConfig config, int positions) =>
        (long)Attention.RoundPositions(positions) * config.HeadDim;

    private static long ValueLength(ModelConfig config, int positions) =>
        (long)Attention.RoundPositions(positions) * Attention.ValueStride(config.HeadDim);

    /// <summary>Floats of one thread's scratch: a multiple of 16, so that threads share no cache line.</summary>
    private static int ScratchLength(ModelConfig config, int positions)
    {
        var attention = Attention.ScratchLength(config.HeadDim, positions) + config.HeadDim;
        var widest = Math.Max(Math.Max(config.Dim, config.HiddenDim), Math.Max(config.QueryDim, attention));
        return (widest + 15) & ~15;
    }

    private Activations Quantised(int width)
    {
        var tiles = (Rows + Activations.TileTokens - 1) / Activations.TileTokens * Activations.TileTokens;
        return new Activations
        {
            Values = Floats((long)Rows * width),
            Quants = Make<sbyte>((long)Rows * width),
            Scales = Floats((long)Rows * (width / Quantizer.GroupSize)),
            Split = Make<byte>((long)tiles * (width / Quantizer.GroupSize) * SplitBytes),
            Lanes = Activations.TileTokens,
        };
    }

    /// <summary>Bytes of <see cref="Activations.Split"/> for 32 values, on machines that read it.</summary>
    private static int SplitBytes => Avx2.IsSupported ? Activations.SplitBytes : 0;

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
