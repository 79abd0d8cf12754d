namespace Edge.Assistant.Planning;

/// <summary>What a question asks of the notes besides its subject. Empty lists and nulls ask nothing.</summary>
internal sealed record NoteFilter
{
    public DateRange? Dates { get; init; }

    public DateLead DatesLead { get; init; }

    /// <summary>When a to-do is due.</summary>
    public DateRange? Due { get; init; }

    /// <summary>The question has the word itself.</summary>
    public bool SaysDue { get; init; }

    /// <summary>Folded, without '#'. A note has each, or a tag below it: "house" is found by "house/roof".</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>As asked for: a path or the last part of one.</summary>
    public string? Folder { get; init; }

    /// <summary>Words that the note must hold, each.</summary>
    public string Mentions { get; init; } = "";

    public bool IsEmpty => Dates is null && Due is null && Tags.Count == 0 && Folder is null && Mentions.Length == 0;

    /// <summary>"tagged #garden, in folder recipes, dated in March 2026"; "" for an empty one.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Tags.Count > 0)
            parts.Add("tagged " + string.Join(" and ", Tags.Select(tag => "#" + tag)));
        if (Folder is not null)
            parts.Add($"in folder {Folder}");
        if (Mentions.Length > 0)
            parts.Add($"with \"{Mentions}\"");
        if (Dates is { } dates)
            parts.Add($"dated {dates}");
        if (Due is { } due)
            parts.Add($"due {due}");
        return string.Join(", ", parts);
    }
}
