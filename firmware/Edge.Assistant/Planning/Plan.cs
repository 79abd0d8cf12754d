namespace Edge.Assistant.Planning;

internal enum PlanKind
{
    ListNotes,
    CountNotes,
    NewestNotes,
    OldestNotes,
    ListToDos,
    CountToDos,
    ListTags,
    CountTags,
    ListFolders,
    CountFolders,

    /// <summary>"When did I last ...".</summary>
    LastTime,

    /// <summary>"How many times did I ... since ...".</summary>
    HowOften,

    /// <summary>"What changed between ... and ...".</summary>
    Changed,
}

/// <summary>What code will look up to answer a question.</summary>
internal sealed record Plan(PlanKind Kind, NoteFilter Filter)
{
    /// <summary>The words could mean something else: finding nothing leaves the question to retrieval.</summary>
    public bool IsGuess { get; init; }

    /// <summary>To-dos asked for; null: of any state.</summary>
    public ToDoState? State { get; init; }

    public bool IsOverdue { get; init; }

    /// <summary>Only to-dos that have a due date.</summary>
    public bool HasDue { get; init; }

    /// <summary>"What is due this week": about to-dos if any of them says when it is due.</summary>
    public bool IsDueOnly { get; init; }

    /// <summary>What was last done, or how often.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The subject was written about rather than done.</summary>
    public bool IsMention { get; init; }

    /// <summary>"Journal" in "my journal notes": a tag or a folder, if there is one of that name.</summary>
    public string Qualifier { get; init; } = "";

    /// <summary>Notes asked for; 0: as many as are shown.</summary>
    public int Count { get; init; }
}
