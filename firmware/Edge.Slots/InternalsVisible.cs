using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Slots.Tests")]
