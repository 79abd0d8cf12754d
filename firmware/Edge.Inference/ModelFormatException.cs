namespace Edge.Inference;

/// <summary>
/// A model or tokenizer file holds something it must not. The message names the file, the place, what was expected,
/// what was found and what to do next; it is shown to people as it is.
/// </summary>
public sealed class ModelFormatException(string message, Exception? cause = null) : Exception(message, cause);
