using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Conversion.Tests")]
[assembly: InternalsVisibleTo("Edge.Fuzz")]
