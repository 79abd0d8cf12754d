using System.Text;
using Edge.Inference.Tokenizers;

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
/// the GGUF's Jinja template; the template itself is never run. Content cannot forge a turn: control tokens are only
/// recognised in what the template writes, and a mark of the family in a content gets a space after its first letter,
/// because in some vocabularies the marks are ordinary text.
/// </summary>
public sealed class ChatTemplate
{
    private readonly string[] marks;
    private readonly Func<IReadOnlyList<ChatMessage>, IEnumerable<PromptPart>> write;

    private ChatTemplate(
        string name,
        string[] stopStrings,
        string[] marks,
        Func<IReadOnlyList<ChatMessage>, IEnumerable<PromptPart>> write
    )
    {
        Name = name;
        StopStrings = stopStrings;
        this.marks = marks;
        this.write = write;
    }

    /// <summary>Plain completion: the contents, blank lines between.</summary>
    public static ChatTemplate None { get; } = new("none", [], [], WritePlain);

    /// <summary>"chatml", "llama2", "llama3", "zephyr", "none".</summary>
    public string Name { get; }

    /// <summary>Texts that end the assistant's turn and are not part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; }

    public static ChatTemplate Detect(string? jinja)
    {
        if (string.IsNullOrEmpty(jinja))
            return None;
        if (Has("<|im_start|>"))
            return new("chatml", ["<|im_end|>", "<|im_start|>"], ["<|im_start|>", "<|im_end|>"], WriteChatMl);
        if (Has("<|start_header_id|>"))
            return new(
                "llama3",
                ["<|eot_id|>", "<|start_header_id|>"],
                ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
                WriteLlama3
            );
        if (Has("[INST]"))
            return new("llama2", ["</s>", "[INST]"], ["[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "</s>"], WriteLlama2);
        // Phi-3 has the same role marks and another way to end a turn.
        if (Has("<|user|>") && Has("<|assistant|>") && !Has("<|end|>"))
        {
            var end = Has("<|endoftext|>") ? "<|endoftext|>" : "</s>";
            string[] roles = ["<|system|>", "<|user|>", "<|assistant|>"];
            return new("zephyr", [end, .. roles], [end, .. roles], messages => WriteZephyr(messages, end));
        }
        return None;

        bool Has(string mark) => jinja.Contains(mark, StringComparison.Ordinal);
    }

    /// <summary>The tokens of the prompt up to and including the opening of the assistant's turn.</summary>
    /// <param name="addBos">Null does what the vocabulary asks for.</param>
    public int[] Encode(Tokenizer tokenizer, IReadOnlyList<ChatMessage> messages, bool? addBos = null) =>
        tokenizer.Encode(Parts(messages), addBos);

    /// <summary>The text of the prompt up to and including the opening of the assistant's turn: to show, to log. To run
    /// it use <see cref="Encode"/>, which knows the template's marks from the same letters in a content.</summary>
    public string Render(IReadOnlyList<ChatMessage> messages) =>
        string.Concat(Parts(messages).Select(part => part.Text));

    /// <summary>The prompt in stretches: what the template writes, and what the messages say, with marks defused.</summary>
    public IReadOnlyList<PromptPart> Parts(IReadOnlyList<ChatMessage> messages) =>
        [.. write(messages).Select(part => part.ParseSpecial ? part : new PromptPart(Defuse(part.Text), false))];

    /// <summary>Puts a space after the first letter of each mark, overlapping ones too.</summary>
    private string Defuse(string content)
    {
        if (!marks.Any(mark => content.Contains(mark, StringComparison.Ordinal)))
            return content;
        var defused = new StringBuilder(content.Length + 16);
        for (var at = 0; at < content.Length; at++)
        {
            defused.Append(content[at]);
            if (marks.Any(mark => content.AsSpan(at).StartsWith(mark, StringComparison.Ordinal)))
                defused.Append(' ');
        }
        return defused.ToString();
    }

    private static PromptPart Mark(string text) => new(text, true);

    private static PromptPart Said(string text) => new(text, false);

    private static IEnumerable<PromptPart> WritePlain(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
                yield return Said("\n\n");
            yield return Said(messages[i].Content);
        }
    }

    private static IEnumerable<PromptPart> WriteChatMl(IReadOnlyList<ChatMessage> messages)
    {
        foreach (var message in messages)
        {
            yield return Mark($"<|im_start|>{RoleName(message.Role)}\n");
            yield return Said(message.Content);
            yield return Mark("<|im_end|>\n");
        }
        yield return Mark("<|im_start|>assistant\n");
    }

    private static IEnumerable<PromptPart> WriteLlama3(IReadOnlyList<ChatMessage> messages)
    {
        foreach (var message in messages)
        {
            yield return Mark($"<|start_header_id|>{RoleName(message.Role)}<|end_header_id|>\n\n");
            yield return Said(message.Content.Trim());
            yield return Mark("<|eot_id|>");
        }
        yield return Mark("<|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    private static IEnumerable<PromptPart> WriteZephyr(IReadOnlyList<ChatMessage> messages, string end)
    {
        foreach (var message in messages)
        {
            yield return Mark($"<|{RoleName(message.Role)}|>\n");
            yield return Said(message.Content);
            yield return Mark($"{end}\n");
        }
        yield return Mark("<|assistant|>\n");
    }

    /// <summary>The system text stands inside the user turn that follows it; there are no marks for a turn of its own.</summary>
    private static IEnumerable<PromptPart> WriteLlama2(IReadOnlyList<ChatMessage> messages)
    {
        var open = false;
        var answered = false;
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.Assistant)
            {
                yield return Mark(open ? " [/INST] " : "");
                yield return Said(message.Content.Trim());
                yield return Mark(" </s>");
                (open, answered) = (false, true);
                continue;
            }
            yield return Mark(
                open ? "\n\n"
                : answered ? "<s>[INST] "
                : "[INST] "
            );
            if (message.Role == ChatRole.System)
                yield return Mark("<<SYS>>\n");
            yield return Said(message.Content.Trim());
            if (message.Role == ChatRole.System)
                yield return Mark("\n<</SYS>>");
            open = true;
        }
        if (open)
            yield return Mark(" [/INST]");
    }

    private static string RoleName(ChatRole role) =>
        role switch
        {
            ChatRole.System => "system",
            ChatRole.User => "user",
            _ => "assistant",
        };
}
