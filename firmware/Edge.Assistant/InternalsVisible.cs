using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Assistant.Tests")]
