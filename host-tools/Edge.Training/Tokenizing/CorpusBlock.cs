namespace Edge.Training.Tokenizing;

/// <summary>A stretch of a corpus file: whole documents, or parts of one that is longer than a block.</summary>
internal sealed class CorpusBlock
{
    /// <summary>Place of the block in the order of reading, from 0.</summary>
    public long Number { get; set; }

    public string Path { get; set; } = "";

    /// <summary>Where the block begins in the file, unpacked. Bytes.</summary>
    public long Offset { get; set; }

    /// <summary>UTF-8; longer than what <see cref="Parts"/> uses of it.</summary>
    public byte[] Bytes { get; } = new byte[CorpusReader.BlockBytes];

    /// <summary>Start and length in <see cref="Bytes"/> of each document or part of one; none is empty.</summary>
    public List<(int Start, int Length)> Parts { get; } = [];
}
