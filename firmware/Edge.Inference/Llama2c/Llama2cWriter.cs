using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Edge.Inference.Llama2c;

/// <summary>What one matrix of a llama2.c file is; the order of the file is the order here, all layers of one together.</summary>
internal enum Llama2cMatrix
{
    Embedding,
    Query,
    Key,
    Value,
    AttentionOutput,
    Gate,
    Down,
    Up,
    Output,
}

/// <summary>
/// Writes llama2.c model files, version 0 (fp32) or 2 (int8), in the layout that <see cref="Llama2cModel"/> describes.
/// The weights come from two functions when their turn comes; nothing is held.
/// </summary>
/// <param name="groupSize">Version 2: columns that share one scale.</param>
internal sealed class Llama2cWriter(Stream to, int version, ModelConfig config, int groupSize)
{
    private const int HeaderBytes = 256;

    /// <summary>Writes a matrix: fp32 rows in version 0, the bytes and then the scales in version 2.</summary>
    public required Action<Llama2cMatrix, int> WriteMatrix { get; init; }

    /// <summary>The attention norm of a layer.</summary>
    public required Func<int, float[]> AttentionNorm { get; init; }

    public required Func<int, float[]> FeedForwardNorm { get; init; }

    public required float[] OutputNorm { get; init; }

    public void Write()
    {
        if (version == 0)
            WriteV0();
        else
            WriteV2();
    }

    private void WriteV0()
    {
        Span<byte> shape = stackalloc byte[28];
        // A negative vocabulary says that the output is not tied.
        WriteShape(shape, config.TiedOutput ? config.VocabSize : -config.VocabSize);
        to.Write(shape);
        WriteMatrix(Llama2cMatrix.Embedding, 0);
        Vectors(AttentionNorm);
        Matrices(Llama2cMatrix.Query, Llama2cMatrix.Key, Llama2cMatrix.Value, Llama2cMatrix.AttentionOutput);
        Vectors(FeedForwardNorm);
        Matrices(Llama2cMatrix.Gate, Llama2cMatrix.Down, Llama2cMatrix.Up);
        Vector(OutputNorm);
        WriteRotations();
        if (!config.TiedOutput)
            WriteMatrix(Llama2cMatrix.Output, 0);
    }

    private void WriteV2()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Llama2cModel.Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], version);
        WriteShape(header[8..], config.VocabSize);
        header[36] = config.TiedOutput ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(header[37..], groupSize);
        to.Write(header);
        Vectors(AttentionNorm);
        Vectors(FeedForwardNorm);
        Vector(OutputNorm);
        WriteMatrix(Llama2cMatrix.Embedding, 0);
        Matrices(Llama2cMatrix.Query, Llama2cMatrix.Key, Llama2cMatrix.Value, Llama2cMatrix.AttentionOutput);
        Matrices(Llama2cMatrix.Gate, Llama2cMatrix.Down, Llama2cMatrix.Up);
        if (!config.TiedOutput)
            WriteMatrix(Llama2cMatrix.Output, 0);
    }

    private void WriteShape(Span<byte> bytes, int vocab)
    {
        ReadOnlySpan<int> shape =
        [
            config.Dim,
            config.HiddenDim,
            config.Layers,
            config.Heads,
            config.KvHeads,
            vocab,
            config.ContextLength,
        ];
        for (var i = 0; i < shape.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], shape[i]);
    }

    private void Matrices(params ReadOnlySpan<Llama2cMatrix> matrices)
    {
        foreach (var matrix in matrices)
        {
            for (var layer = 0; layer < config.Layers; layer++)
                WriteMatrix(matrix, layer);
        }
    }

    private void Vectors(Func<int, float[]> vector)
    {
        for (var layer = 0; layer < config.Layers; layer++)
            Vector(vector(layer));
    }

    private void Vector(float[] vector) => to.Write(MemoryMarshal.AsBytes<float>(vector));

    /// <summary>
    /// Two tables that old readers want and newer ones skip: cosines, then sines, (context, head / 2) each. Correctly
    /// rounded; files that PyTorch wrote differ here by one unit in the last place now and then.
    /// </summary>
    private void WriteRotations()
    {
        var pairs = config.HeadDim / 2;
        var row = new float[pairs];
        foreach (var wave in (Func<double, double>[])[Math.Cos, Math.Sin])
        {
            for (var position = 0; position < config.ContextLength; position++)
            {
                for (var i = 0; i < pairs; i++)
                {
                    var frequency = 1f / (float)Math.Pow(config.RopeTheta, 2f * i / config.HeadDim);
                    row[i] = (float)wave(position * frequency);
                }
                Vector(row);
            }
        }
    }
}
