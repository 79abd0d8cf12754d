using Edge.Cli.Output;
using Edge.Inference;
using Edge.Link;
using Edge.Notes;
using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Cli.CommandLine;

/// <summary>The one place where exceptions end: each becomes one line on stderr and an exit code.</summary>
internal static class Boundary
{
    public static async Task<int> GuardAsync(Terminal terminal, Func<Task<int>> body)
    {
        try
        {
            return await body().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // At the boundary everything is caught: people get a sentence, not a stack trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var (code, message) = Explain(exception);
            terminal.Say($"edge: {message}");
            return code;
        }
    }

    private static (int Code, string Message) Explain(Exception exception) =>
        exception switch
        {
            OperationCanceledException => (ExitCode.Failed, "stopped"),
            NoDeviceException => (ExitCode.NoDevice, exception.Message),
            RefusedException => (ExitCode.Refused, $"the device refused: {exception.Message}"),
            LinkException => (ExitCode.Failed, exception.Message),
            TrainingException or TrainingDataException or RecipeException => (ExitCode.Failed, exception.Message),
            ModelFormatException or NoteException or InsufficientMemoryException => (
                ExitCode.Failed,
                exception.Message
            ),
            ArgumentException argument => (ExitCode.Usage, WithoutParameterName(argument)),
            FileNotFoundException { FileName: { } file } => (
                ExitCode.Failed,
                $"{file}: there is no such file; check the spelling"
            ),
            IOException or UnauthorizedAccessException or InvalidDataException => (ExitCode.Failed, exception.Message),
            AggregateException { InnerExceptions: [var only] } => Explain(only),
            _ => (
                ExitCode.Failed,
                $"unexpected trouble ({exception.GetType().Name}): {exception.Message} This is a fault in edge, please report it."
            ),
        };

    private static string WithoutParameterName(ArgumentException exception)
    {
        var message = exception.Message;
        var tail = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return tail < 0 ? message : message[..tail];
    }
}
