using Edge.Inference.Kernels;

namespace Edge.Inference;

/// <summary>What can be chosen when a model is opened.</summary>
public sealed record ModelOptions
{
    /// <summary>What people call the model; null takes the name in the file.</summary>
    public string? Name { get; init; }

    /// <summary>How keys and values are stored.</summary>
    public KvType Cache { get; init; }

    /// <summary>A folder for what was computed for the beginnings of prompts, so that it survives a restart; null keeps it in
    /// memory alone.</summary>
    public string? PrefixFolder { get; init; }

    /// <summary>The widest vectors to use; all give the same results.</summary>
    public InstructionSet Set { get; init; } = InstructionSets.Best;
}

/// <summary>What opening a model took, and what it chose.</summary>
/// <param name="Milliseconds">From the open file to ready.</param>
/// <param name="PackedBytes">Weights copied into huge pages, in the kernels' order; 0 when they stay in the file's mapping.</param>
/// <param name="StateBytes">Key-value cache and buffers.</param>
/// <param name="PrefillThreads">Threads for several tokens.</param>
/// <param name="DecodeThreads">Threads for one token.</param>
public sealed record LoadReport(
    double Milliseconds,
    long PackedBytes,
    long StateBytes,
    int PrefillThreads,
    int DecodeThreads
);
