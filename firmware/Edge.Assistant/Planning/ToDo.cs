namespace Edge.Assistant.Planning;

internal enum ToDoState
{
    Open,
    Done,

    /// <summary>"- [-]": given up; neither open nor done.</summary>
    Dropped,
}

/// <param name="Line">Of the note, from 1.</param>
/// <param name="Text">Plain, without the box.</param>
/// <param name="Raw">The line as it stands.</param>
/// <param name="DoneOn">Where the line says it.</param>
internal sealed record ToDo(
    string Note,
    DateOnly? NoteDate,
    int Line,
    ToDoState State,
    string Text,
    string Raw,
    DateOnly? Due,
    DateOnly? DoneOn
);
