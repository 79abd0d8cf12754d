using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>
/// A copy of a model's Q8_0 and Q4_0 weights in the order that the kernels read best, in huge pages. Other matrices stay where the
/// file has them. Results are the same to the bit with and without.
/// </summary>
internal sealed unsafe class PackedModel : IDisposable
{
    private readonly HugeBuffer _buffer;
    private long _used;

    private PackedModel(long bytes) => _buffer = new HugeBuffer(bytes, "for the model's weights");

    public ModelWeights Weights { get; private set; } = null!;

    /// <summary>Bytes that a packed copy takes; 0 when the model has no matrix that is packed.</summary>
    public static long BytesNeeded(ModelWeights weights)
    {
        long bytes = 0;
        foreach (var matrix in Matrices(weights))
            bytes += BytesOf(matrix);
        return bytes;
    }

    /// <summary>Packs with all threads of the team.</summary>
    /// <param name="copied">Told of every stretch of rows that was copied, so that its memory can be given back before the next
    /// is read: weights are never in memory twice. From any thread of the team.</param>
    public static PackedModel Make(ModelWeights weights, ThreadTeam team, Action<Matrix>? copied = null)
    {
        var model = new PackedModel(BytesNeeded(weights));
        try
        {
            var work = new PackWork(team, copied);
            model.Weights = model.Place(weights, work);
            team.Run(work);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose() => _buffer.Dispose();

    private ModelWeights Place(ModelWeights weights, PackWork work)
    {
        var embedding = Place(weights.TokenEmbedding, work);
        return new ModelWeights
        {
            TokenEmbedding = embedding,
            Output = IsTied(weights) ? embedding : Place(weights.Output, work),
            OutputNorm = weights.OutputNorm,
            RopeDivisors = weights.RopeDivisors,
            Layers =
            [
                .. weights.Layers.Select(layer => new LayerWeights
                {
                    AttentionNorm = layer.AttentionNorm,
                    Query = Place(layer.Query, work),
                    Key = Place(layer.Key, work),
                    Value = Place(layer.Value, work),
                    AttentionOutput = Place(layer.AttentionOutput, work),
                    FeedForwardNorm = layer.FeedForwardNorm,
                    Gate = Place(layer.Gate, work),
                    Up = Place(layer.Up, work),
                    Down = Place(layer.Down, work),
                }),
            ],
        };
    }

    private Matrix Place(Matrix source, PackWork work)
    {
        if (PackedWeights.PackedType(source.Type) is not { } type)
            return source;
        var packed = new Matrix(type, source.Rows, source.Columns, _buffer.Pointer + _used);
        _used += BytesOf(source);
        work.Add(source, packed);
        return packed;
    }

    /// <summary>Bytes of the packed form, 0 where there is none. Each matrix starts at a cache line.</summary>
    private static long BytesOf(in Matrix matrix) =>
        PackedWeights.PackedType(matrix.Type) is { } type
            ? (PackedWeights.Bytes(type, matrix.Rows, matrix.Columns) + 63) & ~63L
            : 0;

    private static IEnumerable<Matrix> Matrices(ModelWeights weights)
    {
        yield return weights.TokenEmbedding;
        if (!IsTied(weights))
            yield return weights.Output;
        foreach (var layer in weights.Layers)
        {
            yield return layer.Query;
            yield return layer.Key;
            yield return layer.Value;
            yield return layer.AttentionOutput;
            yield return layer.Gate;
            yield return layer.Up;
            yield return layer.Down;
        }
    }

    private static bool IsTied(ModelWeights weights) => weights.Output.Data == weights.TokenEmbedding.Data;

    private sealed class PackWork(ThreadTeam team, Action<Matrix>? copied) : ITeamWork
    {
        /// <summary>Groups between two calls of what is told: some hundred KiB.</summary>
        private const int GroupsAtATime = 64;

        private readonly List<(Matrix Source, Matrix Packed)> _jobs = [];

        public void Add(in Matrix source, in Matrix packed) => _jobs.Add((source, packed));

        public void Run(int part)
        {
            foreach (var (source, packed) in _jobs)
            {
                var (first, end) = team.Share(part, PackedWeights.Groups(source.Rows), 1);
                for (var group = first; group < end; group += GroupsAtATime)
                {
                    var next = Math.Min(group + GroupsAtATime, end);
                    PackedWeights.Pack(source, group, next, packed.Data);
                    var row = group * PackedWeights.GroupRows;
                    var rows = Math.Min(next * PackedWeights.GroupRows, source.Rows) - row;
                    var start = source.Data + (row * source.RowBytes);
                    copied?.Invoke(new Matrix(source.Type, rows, source.Columns, start));
                }
            }
        }
    }
}
