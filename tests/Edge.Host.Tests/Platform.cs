using System.Runtime.Versioning;

// File modes, ptys and unix sockets.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
