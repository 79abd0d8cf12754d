namespace Edge.Training.Data;

/// <param name="Name">Its name without folders: the model card must not tell where it lay.</param>
public sealed record DataFileReport(string Name, long Bytes, string Sha256);

/// <summary>What one entry of a recipe's data gave.</summary>
/// <param name="Entry">As the recipe names it, without folders when it lies elsewhere on this computer.</param>
/// <param name="Items">Documents, or examples of one pass; held-out ones not counted.</param>
/// <param name="TextBytes">UTF-8 bytes of documents; of prompts and answers before shortening for tasks.</param>
/// <param name="Tokens">Positions of one pass; for tasks the mean of a sample times their number.</param>
/// <param name="HeldOut">Documents or items kept for validation.</param>
/// <param name="LeftOut">Questions whose answer does not stand in the passage, by source; private notes for notes.</param>
/// <param name="Tasks">By source, counted while rows are made; empty for documents.</param>
public sealed record DataEntryReport(
    string Entry,
    string Format,
    IReadOnlyList<DataFileReport> Files,
    long Items,
    long TextBytes,
    long Tokens,
    long HeldOut,
    IReadOnlyDictionary<string, int> LeftOut,
    IReadOnlyDictionary<string, TaskCounts> Tasks
);
