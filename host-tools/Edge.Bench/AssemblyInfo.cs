using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Bench.Tests")]
[assembly: InternalsVisibleTo("Edge.Benchmarks")]
