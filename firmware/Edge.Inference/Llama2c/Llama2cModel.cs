using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Edge.Inference.Llama2c;

// Three layouts, all little endian. The shape is seven i32: dim, hidden, layers, heads, kv heads, vocab, context.
// v0 (no magic)
//  1. the shape; a negative vocab means that the output is not tied
//  2. fp32: embedding; then for all layers together: attention norms, wq, wk, wv, wo, ffn norms, w1, w2, w3
//  3. fp32: final norm; two tables of rotations, context * head / 2 each, which are skipped; the output if not tied
// v1 (fp32) and v2 (int8)
//  1. u32 magic 0x616b3432 ("24ka" as bytes), i32 version, the shape, one byte: 1 when the output is tied
//  2. v2 only: i32 group size, unaligned
//  3. zeros up to byte 256
//  4. fp32: attention norms of all layers, ffn norms of all layers, final norm
//  5. embedding, then wq of all layers, wk, wv, wo, w1, w2, w3, then the output if not tied. In v2 each tensor of each
//     layer is its signed bytes followed by its fp32 scales, one per group.
// The file must end where the last tensor does.

/// <summary>Reads the model files of llama2.c.</summary>
internal sealed unsafe class Llama2cModel
{
    public const uint Magic = 0x616b3432;

    private const int ShapeBytes = 7 * 4;
    private const int HeaderBytes = 256;
    private const int VersionMax = 2;

    private readonly MappedFile file;
    private readonly int version;
    private readonly int groupSize;
    private readonly ModelConfig config;
    private long position;

    private Llama2cModel(MappedFile file, int version, ModelConfig config, int groupSize)
    {
        this.file = file;
        this.version = version;
        this.config = config;
        this.groupSize = groupSize;
        position = version == 0 ? ShapeBytes : HeaderBytes;
    }

    public static (int Version, ModelConfig Config, ModelWeights Weights) Read(MappedFile file)
    {
        var reader = file.Length >= 4 && ReadI32(file, 0) == unchecked((int)Magic) ? OpenVersioned(file) : OpenV0(file);
        reader.CheckLength();
        return (reader.version, reader.config, reader.version == 0 ? reader.ReadV0() : reader.ReadVersioned());
    }

    private static Llama2cModel OpenV0(MappedFile file)
    {
        if (file.Length < ShapeBytes || Shape(file, 0, tied: ReadI32(file, 20) > 0, out var config) is not null)
            throw file.Bad(
                "is not a model that Edge knows: it looked for GGUF (\"GGUF\" first), llama2.c v1 and v2 (\"24ka\" first) and llama2.c v0 (seven plausible numbers first). Was it copied whole?"
            );
        return new Llama2cModel(file, 0, config!, 0);
    }

    private static Llama2cModel OpenVersioned(MappedFile file)
    {
        file.Need("the llama2.c header", 0, HeaderBytes);
        var version = ReadI32(file, 4);
        if (version is < 1 or > VersionMax)
            throw file.Bad(
                $"llama2.c version {version} is not one Edge knows; it reads 0, 1 and 2. Update Edge or export the model again."
            );
        var tied = file.Span(8 + ShapeBytes, 1)[0];
        if (tied > 1)
            throw file.Bad($"the byte that says whether the output is tied must be 0 or 1, found {tied}.");
        if (Shape(file, 8, tied == 1, out var config) is { } reason)
            throw file.Bad($"{reason}: the file is damaged. Copy it again.");
        var groupSize = version == 2 ? ReadI32(file, 8 + ShapeBytes + 1) : 0;
        if (version == 2)
            CheckGroupSize(file, config!, groupSize);
        return new Llama2cModel(file, version, config!, groupSize);
    }

    private static void CheckGroupSize(MappedFile file, ModelConfig config, int groupSize)
    {
        if (groupSize is <= 0 or > ModelLimits.GroupSizeMax || groupSize % 32 != 0)
            throw file.Bad($"the group size must be a multiple of 32, found {groupSize:N0}. Export the model again.");
        if (config.Dim % groupSize != 0 || config.HiddenDim % groupSize != 0)
            throw file.Bad(
                $"the group size, {groupSize}, must divide both widths, {config.Dim} and {config.HiddenDim}. Export the model again."
            );
    }

    /// <summary>Reads the seven numbers; returns what is wrong with them, or null.</summary>
    private static string? Shape(MappedFile file, int offset, bool tied, out ModelConfig? config)
    {
        config = null;
        var n = MemoryMarshal.Cast<byte, int>(file.Span(offset, ShapeBytes));
        // Only v0 may write a negative vocab; Math.Abs of the smallest number would throw.
        var vocab = offset == 0 && n[5] < 0 && n[5] != int.MinValue ? -n[5] : n[5];
        ReadOnlySpan<(string Name, int Value, int Max)> checks =
        [
            ("dim", n[0], ModelLimits.DimMax),
            ("hidden", n[1], ModelLimits.HiddenDimMax),
            ("layers", n[2], ModelLimits.LayersMax),
            ("heads", n[3], ModelLimits.HeadsMax),
            ("kv heads", n[4], ModelLimits.HeadsMax),
            ("vocab", vocab, ModelLimits.VocabMax),
            ("context", n[6], ModelLimits.ContextMax),
        ];
        foreach (var (name, value, max) in checks)
        {
            if (value < 1 || value > max)
                return $"{name} must be 1 to {max:N0}, found {value:N0}";
        }
        var headDim = n[0] / n[3];
        if (n[0] % n[3] != 0 || n[3] % n[4] != 0 || headDim % 2 != 0 || headDim > ModelLimits.HeadDimMax)
            return $"{n[3]} heads and {n[4]} kv heads do not divide a dim of {n[0]} into heads of an even width";

        config = new ModelConfig
        {
            Dim = n[0],
            HiddenDim = n[1],
            Layers = n[2],
            Heads = n[3],
            KvHeads = n[4],
            HeadDim = headDim,
            RopeDim = headDim,
            VocabSize = vocab,
            ContextLength = n[6],
            TiedOutput = tied,
        };
        return null;
    }

    /// <summary>The file must have exactly the bytes of its shape. The limits keep every product within 64 bits.</summary>
    private void CheckLength()
    {
        var norms = ((2L * config.Layers) + 1) * config.Dim * sizeof(float);
        var expected = position + norms + MatrixBytes(config.VocabSize, config.Dim) * (config.TiedOutput ? 1 : 2);
        expected += config.Layers * MatrixBytes(config.QueryDim, config.Dim);
        expected += config.Layers * MatrixBytes(config.KvDim, config.Dim) * 2;
        expected += config.Layers * MatrixBytes(config.Dim, config.QueryDim);
        expected += config.Layers * MatrixBytes(config.HiddenDim, config.Dim) * 3;
        if (version == 0)
            expected += RotationBytes();
        if (file.Length == expected)
            return;

        var seen =
            $"has a llama2.c v{version} header (dim {config.Dim:N0}, {config.Layers:N0} layers, vocab {config.VocabSize:N0})";
        throw file.Bad(
            file.Length < expected
                ? $"{seen}, which needs {expected:N0} bytes; the file ends at {file.Length:N0}: was the copy cut short? Copy it again."
                : $"{seen}, which ends at {expected:N0} bytes; the file goes on to {file.Length:N0}. Was it a llama2.c model? Copy or export it again."
        );
    }

    private ModelWeights ReadV0()
    {
        var (dim, layers) = (config.Dim, config.Layers);
        var embedding = ReadMatrix(config.VocabSize, dim);
        var attentionNorms = ReadVectors();
        var query = ReadMatrices(config.QueryDim, dim);
        var key = ReadMatrices(config.KvDim, dim);
        var value = ReadMatrices(config.KvDim, dim);
        var attentionOutput = ReadMatrices(dim, config.QueryDim);
        var feedForwardNorms = ReadVectors();
        var gate = ReadMatrices(config.HiddenDim, dim);
        var down = ReadMatrices(dim, config.HiddenDim);
        var up = ReadMatrices(config.HiddenDim, dim);
        var outputNorm = ReadVector();
        position += RotationBytes();
        return new ModelWeights
        {
            TokenEmbedding = embedding,
            Layers = Join(attentionNorms, feedForwardNorms, [query, key, value, attentionOutput, gate, up, down]),
            OutputNorm = outputNorm,
            Output = config.TiedOutput ? embedding : ReadMatrix(config.VocabSize, dim),
        };
    }

    private ModelWeights ReadVersioned()
    {
        var dim = config.Dim;
        var attentionNorms = ReadVectors();
        var feedForwardNorms = ReadVectors();
        var outputNorm = ReadVector();
        var embedding = ReadMatrix(config.VocabSize, dim);
        var query = ReadMatrices(config.QueryDim, dim);
        var key = ReadMatrices(config.KvDim, dim);
        var value = ReadMatrices(config.KvDim, dim);
        var attentionOutput = ReadMatrices(dim, config.QueryDim);
        var gate = ReadMatrices(config.HiddenDim, dim);
        var down = ReadMatrices(dim, config.HiddenDim);
        var up = ReadMatrices(config.HiddenDim, dim);
        return new ModelWeights
        {
            TokenEmbedding = embedding,
            Layers = Join(attentionNorms, feedForwardNorms, [query, key, value, attentionOutput, gate, up, down]),
            OutputNorm = outputNorm,
            Output = config.TiedOutput ? embedding : ReadMatrix(config.VocabSize, dim),
        };
    }

    private LayerWeights[] Join(float[][] attentionNorms, float[][] feedForwardNorms, Matrix[][] matrices)
    {
        var layers = new LayerWeights[config.Layers];
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = new LayerWeights
            {
                AttentionNorm = attentionNorms[i],
                Query = matrices[0][i],
                Key = matrices[1][i],
                Value = matrices[2][i],
                AttentionOutput = matrices[3][i],
                FeedForwardNorm = feedForwardNorms[i],
                Gate = matrices[4][i],
                Up = matrices[5][i],
                Down = matrices[6][i],
            };
        }
        return layers;
    }

    private float[][] ReadVectors()
    {
        var vectors = new float[config.Layers][];
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = ReadVector();
        return vectors;
    }

    private float[] ReadVector()
    {
        var vector = MemoryMarshal.Cast<byte, float>(file.Span(position, config.Dim * sizeof(float))).ToArray();
        if (vector.Any(element => !float.IsFinite(element)))
            throw file.Bad(
                $"the norm at {position:N0} holds a number that is not finite: the file is damaged. Copy it again."
            );
        position += config.Dim * sizeof(float);
        return vector;
    }

    private Matrix[] ReadMatrices(int rows, int columns)
    {
        var matrices = new Matrix[config.Layers];
        for (var i = 0; i < matrices.Length; i++)
            matrices[i] = ReadMatrix(rows, columns);
        return matrices;
    }

    private Matrix ReadMatrix(int rows, int columns)
    {
        var bytes = MatrixBytes(rows, columns);
        var data = file.At(position, bytes);
        position += bytes;
        return version == 2
            ? new Matrix(TensorType.Q8Planar, rows, columns, data, (float*)(data + ((long)rows * columns)), groupSize)
            : new Matrix(TensorType.F32, rows, columns, data);
    }

    private long MatrixBytes(int rows, int columns)
    {
        var elements = (long)rows * columns;
        return version == 2 ? elements + (elements / groupSize * sizeof(float)) : elements * sizeof(float);
    }

    private long RotationBytes() => (long)config.ContextLength * (config.HeadDim / 2) * 2 * sizeof(float);

    private static int ReadI32(MappedFile file, int offset) =>
        BinaryPrimitives.ReadInt32LittleEndian(file.Span(offset, 4));
}
