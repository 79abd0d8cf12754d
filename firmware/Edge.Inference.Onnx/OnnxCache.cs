using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Edge.Inference.Onnx;

/// <summary>
/// One conversation of an ONNX model: its cache and every buffer that goes in and out. Keys and values lie in two sets of
/// buffers; a pass reads one and writes the other, which are then exchanged, so nothing is copied between passes here.
/// </summary>
internal sealed unsafe class OnnxCache : IDisposable
{
    private readonly OnnxSignature signature;
    private readonly List<IDisposable> owned = [];
    private readonly nint[] past;
    private readonly nint[] present;
    private readonly long* ids;
    private readonly long* mask;
    private readonly long* positionIds;
    private readonly byte* logits;

    /// <param name="positions">Positions the cache holds.</param>
    /// <param name="batch">Tokens of one pass at most.</param>
    public OnnxCache(OnnxSignature signature, int positions, int batch)
    {
        this.signature = signature;
        (Positions, Batch) = (positions, batch);
        past = new nint[signature.Cache.Count];
        present = new nint[signature.Cache.Count];
        for (var i = 0; i < past.Length; i++)
        {
            past[i] = (nint)Make<byte>(signature.Cache[i].PositionBytes * positions);
            present[i] = (nint)Make<byte>(signature.Cache[i].PositionBytes * positions);
        }
        ids = Make<long>(batch);
        positionIds = Make<long>(batch);
        mask = Make<long>(positions);
        new Span<long>(mask, positions).Fill(1);
        logits = Make<byte>((long)batch * signature.VocabSize * LogitBytes);
    }

    public int Positions { get; }

    public int Batch { get; }

    /// <summary>Positions that are filled.</summary>
    public int Length { get; private set; }

    private int LogitBytes => signature.HalfLogits ? 2 : sizeof(float);

    /// <summary>Bytes a cache will take, without making one.</summary>
    public static long BytesNeeded(OnnxSignature signature, int positions, int batch) =>
        (2 * positions * signature.Cache.Sum(tensor => tensor.PositionBytes))
        + ((long)batch * signature.VocabSize * sizeof(float));

    public void Reset() => Length = 0;

    /// <summary>Forgets the positions from <paramref name="length"/> on. Heads lie one after another, so they move up.</summary>
    public void Truncate(int length)
    {
        for (var i = 0; i < past.Length && length > 0 && length < Length; i++)
        {
            var tensor = signature.Cache[i];
            var row = tensor.PositionBytes / tensor.Heads;
            for (var head = 1; head < tensor.Heads; head++)
            {
                var source = (byte*)past[i] + (head * Length * row);
                Buffer.MemoryCopy(source, (byte*)past[i] + (head * length * row), length * row, length * row);
            }
        }
        Length = Math.Min(Length, length);
    }

    /// <summary>Points the inputs and outputs of the next pass at the buffers.</summary>
    /// <param name="values">Gets what must live until the pass is over.</param>
    public void Bind(ReadOnlySpan<int> tokens, OrtIoBinding binding, List<OrtValue> values)
    {
        long total = Length + tokens.Length;
        for (var i = 0; i < tokens.Length; i++)
            (ids[i], positionIds[i]) = (tokens[i], Length + i);
        In(OnnxSignature.Ids, TensorElementType.Int64, [1, tokens.Length], ids, 8L * tokens.Length);
        if (signature.HasMask)
            In(OnnxSignature.Mask, TensorElementType.Int64, [1, total], mask, 8 * total);
        if (signature.HasPositions)
            In(OnnxSignature.PositionIds, TensorElementType.Int64, [1, tokens.Length], positionIds, 8L * tokens.Length);
        for (var i = 0; i < past.Length; i++)
        {
            var tensor = signature.Cache[i];
            long[] before = [1, tensor.Heads, Length, tensor.HeadDim];
            long[] after = [1, tensor.Heads, total, tensor.HeadDim];
            In(tensor.Past, tensor.Type, before, (void*)past[i], tensor.PositionBytes * Length);
            Out(tensor.Present, tensor.Type, after, (void*)present[i], tensor.PositionBytes * total);
        }
        Out(
            OnnxSignature.Logits,
            signature.HalfLogits ? TensorElementType.Float16 : TensorElementType.Float,
            [1, tokens.Length, signature.VocabSize],
            logits,
            (long)tokens.Length * signature.VocabSize * LogitBytes
        );

        void In(string name, TensorElementType type, long[] shape, void* data, long bytes) =>
            binding.BindInput(name, Value(type, shape, data, bytes));
        void Out(string name, TensorElementType type, long[] shape, void* data, long bytes) =>
            binding.BindOutput(name, Value(type, shape, data, bytes));
        OrtValue Value(TensorElementType type, long[] shape, void* data, long bytes)
        {
            var info = OrtMemoryInfo.DefaultInstance;
            var value = OrtValue.CreateTensorValueWithData(info, type, shape, (nint)data, bytes);
            values.Add(value);
            return value;
        }
    }

    /// <summary>The pass went through: what was present is past.</summary>
    public void Advance(int tokens)
    {
        for (var i = 0; i < past.Length; i++)
            (past[i], present[i]) = (present[i], past[i]);
        Length += tokens;
    }

    /// <summary>Logits after a token of the last pass, (vocab), as fp32.</summary>
    public void ReadLogits(int token, Span<float> target)
    {
        var start = logits + ((long)token * signature.VocabSize * LogitBytes);
        if (signature.HalfLogits)
            System.Numerics.Tensors.TensorPrimitives.ConvertToSingle(
                new ReadOnlySpan<Half>(start, signature.VocabSize),
                target
            );
        else
            MemoryMarshal
                .Cast<byte, float>(new ReadOnlySpan<byte>(start, signature.VocabSize * sizeof(float)))
                .CopyTo(target);
    }

    public void Dispose()
    {
        foreach (var buffer in owned)
            buffer.Dispose();
        owned.Clear();
    }

    private T* Make<T>(long length)
        where T : unmanaged
    {
        var buffer = new NativeBuffer<T>(length);
        owned.Add(buffer);
        return buffer.Pointer;
    }
}
