namespace Edge.Training.Tokenizing;

/// <summary>How far training a tokenizer is.</summary>
/// <param name="What">"counting words" in bytes of the files, then "merging" in merges.</param>
public readonly record struct BytePairProgress(string What, long Done, long Total);
