namespace Edge.Inference;

public enum ChatRole
{
    System,
    User,
    Assistant,
}

public sealed record ChatMessage(ChatRole Role, string Content);

/// <summary>
/// Writes a conversation as the prompt text a model family was trained on. Chosen by looking for the family's marks in
/// the GGUF's Jinja template; the template itself is never run.
/// </summary>
public sealed class ChatTemplate
{
    private ChatTemplate(string name) => Name = name;

    /// <summary>Plain completion: the contents, blank lines between.</summary>
    public static ChatTemplate None { get; } = new("none");

    /// <summary>"chatml", "llama2", "llama3", "zephyr", "none".</summary>
    public string Name { get; }

    /// <summary>Texts that end the assistant's turn and are not part of it.</summary>
    public IReadOnlyList<string> StopStrings => throw new NotImplementedException();

    public static ChatTemplate Detect(string? jinja) => throw new NotImplementedException();

    /// <summary>The prompt up to and including the opening of the assistant's turn. Encode it with parseSpecial.</summary>
    public string Render(IReadOnlyList<ChatMessage> messages) => throw new NotImplementedException();
}
