using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Inference.Tests")]
