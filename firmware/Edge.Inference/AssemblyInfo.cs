using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Inference.Tests")]
[assembly: InternalsVisibleTo("Edge.KernelCheck")]
[assembly: InternalsVisibleTo("Edge.Inference.Onnx")]
[assembly: InternalsVisibleTo("Edge.Conversion")]
[assembly: InternalsVisibleTo("Edge.Benchmarks")]
[assembly: InternalsVisibleTo("Edge.Bench")]
[assembly: InternalsVisibleTo("Edge.Bench.Tests")]
[assembly: InternalsVisibleTo("Edge.Training")]
[assembly: InternalsVisibleTo("Edge.Training.Tests")]
