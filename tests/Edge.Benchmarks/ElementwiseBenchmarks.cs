using BenchmarkDotNet.Attributes;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Benchmarks;

/// <summary>The small functions, over one row of the widths that real models have.</summary>
public unsafe class ElementwiseBenchmarks
{
    private const int HeadPairs = 32;

    private NativeBuffer<float> _x = null!;
    private NativeBuffer<float> _y = null!;
    private NativeBuffer<sbyte> _quants = null!;
    private NativeBuffer<float> _scales = null!;
    private NativeBuffer<float> _angles = null!;
    private float[] _weight = null!;

    [Params(576, 1536, 2048)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _x = new NativeBuffer<float>(Width);
        _y = new NativeBuffer<float>(Width);
        _quants = new NativeBuffer<sbyte>(Width);
        _scales = new NativeBuffer<float>(Width / Quantizer.GroupSize);
        _weight = [.. Enumerable.Repeat(1f, Width)];
        // Cosine 1, sine 0: the numbers stay of ordinary size however often they are turned.
        _angles = new NativeBuffer<float>(2 * HeadPairs);
        for (var i = 0; i < HeadPairs; i++)
            _angles.Pointer[2 * i] = 1;
        RandomFloats.Fill(_x);
        RandomFloats.Fill(_y);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _x.Dispose();
        _y.Dispose();
        _quants.Dispose();
        _scales.Dispose();
        _angles.Dispose();
    }

    [Benchmark]
    public void RmsNorm() => Elementwise.RmsNorm(_x.Pointer, _weight, 1e-5f, _y.Pointer, Width, InstructionSets.Best);

    /// <summary>All heads of width 64 that the row holds, turned by the same angles.</summary>
    [Benchmark]
    public void Rope()
    {
        for (var head = 0; head < Width / (2 * HeadPairs); head++)
            Elementwise.Rope(_x.Pointer + (head * 2 * HeadPairs), _angles.Pointer, HeadPairs);
    }

    /// <summary>In place: the result is the input of the next run, so the gate is restored first.</summary>
    [Benchmark]
    public void CopyAndSwiGlu()
    {
        new Span<float>(_x.Pointer, Width).CopyTo(new Span<float>(_y.Pointer, Width));
        Elementwise.SwiGlu(_y.Pointer, _x.Pointer, Width);
    }

    [Benchmark]
    public void CopyAndSoftmax()
    {
        new Span<float>(_x.Pointer, Width).CopyTo(new Span<float>(_y.Pointer, Width));
        Elementwise.Softmax(_y.Pointer, Width);
    }

    [Benchmark]
    public void Quantize() => Quantizer.Quantize(_x.Pointer, Width, _quants.Pointer, _scales.Pointer);
}
