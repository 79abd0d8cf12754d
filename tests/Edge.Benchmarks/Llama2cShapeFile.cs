using System.Globalization;
using System.Text;
using Edge.Bench.Shapes;
using Edge.Inference;

namespace Edge.Benchmarks;

/// <summary>
/// Random weights of a shape in llama2.c's files. Version 0: seven ints, then fp32 tensors, each kind over all layers.
/// Version 2: a head of 256 bytes, the norms in fp32, then each matrix as signed bytes and after them its fp32 scales.
/// </summary>
internal static class Llama2cShapeFile
{
    private const uint Magic = 0x616b3432;
    private const int HeadBytes = 256;

    /// <summary>Version 0 carries two tables of angles that no reader uses any more.</summary>
    private const int AngleTables = 2;

    public static void WriteFloats(string path, ModelConfig config, ulong seed)
    {
        using var writer = new BinaryWriter(File.Create(path));
        var random = new RandomRows(seed);
        WriteShape(writer, config);
        Matrix(config.VocabSize, config.Dim);
        Ones(writer, config.Layers * config.Dim);
        foreach (var (rows, columns) in AttentionMatrices(config))
            Matrix(config.Layers * rows, columns);
        Ones(writer, config.Layers * config.Dim);
        foreach (var (rows, columns) in FeedForwardMatrices(config))
            Matrix(config.Layers * rows, columns);
        Ones(writer, config.Dim);
        Ones(writer, AngleTables * config.ContextLength * config.HeadDim / 2);
        if (!config.TiedOutput)
            Matrix(config.VocabSize, config.Dim);

        void Matrix(int rows, int columns)
        {
            var row = new byte[columns * sizeof(float)];
            for (var r = 0; r < rows; r++)
            {
                random.Fill(TensorType.F32, columns, row);
                writer.Write(row);
            }
        }
    }

    public static void WriteInt8(string path, ModelConfig config, ulong seed)
    {
        using var writer = new BinaryWriter(File.Create(path));
        var random = new RandomRows(seed);
        // As its exporter chooses: 64 where the widths allow it.
        var group = config.Dim % 64 == 0 && config.HiddenDim % 64 == 0 ? 64 : 32;
        writer.Write(Magic);
        writer.Write(2);
        WriteShape(writer, config with { TiedOutput = true });
        writer.Write(config.TiedOutput ? (byte)1 : (byte)0);
        writer.Write(group);
        writer.Write(new byte[HeadBytes - (int)writer.BaseStream.Position]);
        Ones(writer, ((2 * config.Layers) + 1) * config.Dim);
        Matrix(config.VocabSize, config.Dim);
        foreach (var (rows, columns) in AttentionMatrices(config).Concat(FeedForwardMatrices(config)))
        {
            for (var layer = 0; layer < config.Layers; layer++)
                Matrix(rows, columns);
        }
        if (!config.TiedOutput)
            Matrix(config.VocabSize, config.Dim);

        void Matrix(int rows, int columns)
        {
            var blocks = new byte[columns / 32 * 34];
            for (var r = 0; r < rows; r++)
            {
                random.Fill(TensorType.Q8_0, columns, blocks);
                for (var at = 0; at < blocks.Length; at += 34)
                    writer.Write(blocks, at + 2, 32);
            }
            var scale = (float)BitConverter.ToHalf(blocks, 0);
            for (var i = 0L; i < (long)rows * columns / group; i++)
                writer.Write(scale);
        }
    }

    /// <summary>Numbered words, all of the same length in bytes.</summary>
    public static void WriteTokenizer(string path, int size)
    {
        using var writer = new BinaryWriter(File.Create(path));
        const int length = 8;
        writer.Write(length);
        for (var id = 0; id < size; id++)
        {
            writer.Write(-(float)id);
            writer.Write(length);
            writer.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $" w{id:D6}")));
        }
    }

    /// <summary>A vocabulary below zero says that the output is not the embedding; version 2 has a byte for that.</summary>
    private static void WriteShape(BinaryWriter writer, ModelConfig config)
    {
        writer.Write(config.Dim);
        writer.Write(config.HiddenDim);
        writer.Write(config.Layers);
        writer.Write(config.Heads);
        writer.Write(config.KvHeads);
        writer.Write(config.TiedOutput ? config.VocabSize : -config.VocabSize);
        writer.Write(config.ContextLength);
    }

    private static IEnumerable<(int Rows, int Columns)> AttentionMatrices(ModelConfig config) =>
        [
            (config.QueryDim, config.Dim),
            (config.KvDim, config.Dim),
            (config.KvDim, config.Dim),
            (config.Dim, config.QueryDim),
        ];

    private static IEnumerable<(int Rows, int Columns)> FeedForwardMatrices(ModelConfig config) =>
        [(config.HiddenDim, config.Dim), (config.Dim, config.HiddenDim), (config.HiddenDim, config.Dim)];

    private static void Ones(BinaryWriter writer, int count)
    {
        for (var i = 0; i < count; i++)
            writer.Write(1f);
    }
}
