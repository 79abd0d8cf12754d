namespace Edge.Cli.CommandLine;

/// <summary>What the shell gets. Scripts depend on these numbers: never change one.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NoDevice = 3;
    public const int Refused = 4;
}
