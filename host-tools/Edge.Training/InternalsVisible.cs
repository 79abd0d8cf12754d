using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Training.Tests")]
