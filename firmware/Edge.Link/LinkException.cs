namespace Edge.Link;

/// <summary>The link could not be made or did not survive: no device, garbage, a lost cable, another version.</summary>
public sealed class LinkException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The other side understood the request and will not do it. The message is for people; it crosses the link.</summary>
public sealed class RefusedException(string message) : Exception(message);
