namespace Edge.Conversion.Targets;

/// <summary>A format to write. Made for one source; made only when the format can hold it.</summary>
internal interface IModelTarget
{
    /// <summary>Bytes of the file, or 0 when that is not known before.</summary>
    long FileBytes { get; }

    /// <summary>A file that belongs beside the model, and its bytes; null for none.</summary>
    (string Name, byte[] Bytes)? Companion { get; }

    /// <summary>Weights that <see cref="Write"/> and <see cref="Verify"/> pass, for progress.</summary>
    long WorkTotal { get; }

    void Write(Stream to, Work work);

    /// <summary>Reads the written file back and compares it with the source.</summary>
    /// <param name="path">The file under its temporary name.</param>
    /// <param name="companionPath">Likewise.</param>
    /// <exception cref="IOException">It is not what was written.</exception>
    WrittenModel Verify(string path, string? companionPath, Work work);
}

/// <summary>What a verified file is.</summary>
internal sealed record WrittenModel(string Format, string WeightType, long Parameters);
