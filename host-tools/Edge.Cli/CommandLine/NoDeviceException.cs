namespace Edge.Cli.CommandLine;

/// <summary>No device could be reached; a device that is lost later is a LinkException.</summary>
internal sealed class NoDeviceException(string message, Exception? cause = null) : Exception(message, cause);
