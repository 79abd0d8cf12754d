using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Link.Tests")]
