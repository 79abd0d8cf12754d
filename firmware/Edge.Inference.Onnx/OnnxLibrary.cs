using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Edge.Inference.Onnx;

/// <summary>
/// ONNX Runtime's native library, loaded at the first ONNX model and never before. On Linux it reports home unless
/// ORT_DISABLE_TELEMETRY is in the environment when it is loaded; nothing leaves the device, so it is put there first.
/// </summary>
internal static partial class OnnxLibrary
{
    private static readonly Lock Gate = new();
    private static bool ready;

    /// <summary>Loads the library once.</summary>
    /// <exception cref="IOException">It is not beside the program, or not for this machine.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (ready)
                return;
            DisableTelemetry();
            // Asking first: the runtime's own static constructor would fail once and for ever, with a stack trace.
            if (!NativeLibrary.TryLoad("onnxruntime", typeof(InferenceSession).Assembly, null, out _))
                throw new IOException(
                    "ONNX models need ONNX Runtime (libonnxruntime.so), which is not beside this program or does not load here; GGUF models run without it"
                );
            Start();
            ready = true;
        }
    }

    /// <summary>A method of its own, so that the runtime's types are touched only after the library is there.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Start()
    {
        var options = new EnvironmentCreationOptions
        {
            logId = "edge",
            // What goes wrong arrives as an exception; the log would go to stderr beside it.
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
    }

    /// <summary>.NET's own change of the environment does not reach native getenv.</summary>
    private static void DisableTelemetry()
    {
        const string name = "ORT_DISABLE_TELEMETRY";
        Environment.SetEnvironmentVariable(name, "1");
        if (!OperatingSystem.IsWindows() && SetEnv(name, "1", 1) != 0)
            throw new IOException(
                $"{name} cannot be set; without it ONNX Runtime would report home, so it is not loaded"
            );
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
