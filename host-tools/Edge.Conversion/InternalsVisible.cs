using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Edge.Fuzz")]
