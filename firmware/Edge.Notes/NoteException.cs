namespace Edge.Notes;

/// <summary>Something about a note or vault that the user can mend; the message says what and how.</summary>
public sealed class NoteException(string message, Exception? cause = null) : Exception(message, cause);
