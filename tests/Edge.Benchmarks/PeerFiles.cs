using Edge.Bench.Shapes;
using Edge.Inference;

namespace Edge.Benchmarks;

/// <summary>The same shapes in the files that each peer reads: GGUF for most, llama2.c's own for llama2.c.</summary>
internal static class PeerFiles
{
    private const ulong Seed = 1;

    private static readonly string[] ShapesDefault = ["stories15m", "stories110m", "smollm2-135m"];

    /// <summary>Writes NAME.q8_0.gguf, NAME.bin, NAME.q80.bin and NAME.tokenizer.bin for each shape.</summary>
    /// <param name="shapes">Names; none takes those of up to 135 M parameters.</param>
    public static void Write(string folder, string[] shapes, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in shapes.Length == 0 ? ShapesDefault : shapes)
        {
            var shape = ModelShape.Find(name);
            ShapeFile.Write(At($"{name}.q8_0.gguf"), shape, TensorType.Q8_0, Seed);
            Llama2cShapeFile.WriteFloats(At($"{name}.bin"), shape.Config, Seed);
            Llama2cShapeFile.WriteInt8(At($"{name}.q80.bin"), shape.Config, Seed);
            Llama2cShapeFile.WriteTokenizer(At($"{name}.tokenizer.bin"), shape.Config.VocabSize);
            output.WriteLine($"{folder}: {name}");
        }

        string At(string file) => Path.Combine(folder, file);
    }
}
