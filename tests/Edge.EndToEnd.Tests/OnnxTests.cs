using System.Text.Json;
using Edge.Conversion.Onnx;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>ONNX models through the command line, and what ONNX Runtime may not do to the computer.</summary>
public sealed class OnnxTests : IDisposable
{
    private readonly TempFolder temp = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task A_model_says_the_same_as_GGUF_and_as_ONNX()
    {
        WriteModels();
        foreach (
            var command in (string[][])
                [
                    ["logits", "--tokens", "1,5,9", "--json"],
                    ["tokenize", "a b", "--json"],
                ]
        )
        {
            var ours = await EdgeProcess.EdgeAsync([command[0], temp["m.gguf"], .. command[1..]]);
            var onnx = await EdgeProcess.EdgeAsync([command[0], temp["m.onnx"], .. command[1..]]);
            Assert.Equal(
                Numbers(ours.Exits(0).Json()),
                Numbers(onnx.Exits(0).Json()),
                (a, b) => Math.Abs(a - b) < 1e-4
            );
        }
        string[] run = ["-p", "assistant\n", "--temp", "0", "-n", "20"];
        var text = await EdgeProcess.EdgeAsync(["run", temp["m.onnx"], .. run]);
        Assert.Contains("The bread rests", text.Exits(0).Output);
        Assert.Equal("", text.Talk);
        Assert.Equal(text.Output, (await EdgeProcess.EdgeAsync(["run", temp["m.gguf"], .. run])).Output);
    }

    [Fact]
    public async Task An_ONNX_file_is_described()
    {
        WriteModels();
        var json = (await EdgeProcess.EdgeAsync("inspect", temp["m.onnx"], "--json")).Exits(0).Json();
        Assert.Equal("ONNX v11, operators 23", json.GetProperty("format").GetString());
        Assert.Equal("speaker", json.GetProperty("name").GetString());
        Assert.Equal("chatml", json.GetProperty("chat_template").GetString());
        Assert.Equal("FLOAT", json.GetProperty("weight_type").GetString());
        Assert.Contains(
            json.GetProperty("tensors").EnumerateArray(),
            tensor => tensor.GetProperty("name").GetString() == "token_embd"
        );
    }

    [Fact]
    public async Task A_fallback_that_is_no_ONNX_file_is_a_usage_error_before_any_device_is_looked_for()
    {
        WriteModels();
        var gguf = await EdgeProcess.EdgeAsync("flash", temp["m.gguf"], "--fallback", temp["m.gguf"]);
        gguf.Exits(2).SaysInOneLine("m.gguf is no ONNX file");
        var twice = await EdgeProcess.EdgeAsync("flash", temp["m.onnx"], "--fallback", temp["m.onnx"]);
        twice.Exits(2).SaysInOneLine("m.onnx is an ONNX model itself");
    }

    [Fact]
    public async Task Running_an_ONNX_model_leaves_no_file_behind_and_needs_no_network()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the native library reports home on Linux");
        WriteModels();
        var home = Directory.CreateDirectory(temp["home"]).FullName;
        var environment = new Dictionary<string, string> { ["HOME"] = home, ["TMPDIR"] = home };
        foreach (var name in (string[])["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"])
            environment[name] = Path.Combine(home, name);
        string[] command = [EdgeProcess.PathOf("Edge.Cli", "edge"), "logits", temp["m.onnx"], "--tokens", "1,5"];
        var run = await CanLeaveTheNetworkAsync(environment)
            ? await EdgeProcess.RunAsync("/usr/bin/unshare", ["-n", .. command], environment)
            : await EdgeProcess.RunAsync(command[0], command[1..], environment);
        Assert.NotEqual("", run.Exits(0).Output);
        Assert.Equal("", run.Talk);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Without_ONNX_Runtime_an_ONNX_model_is_one_clear_line_and_a_GGUF_runs_as_ever()
    {
        WriteModels();
        var program = temp["program"];
        CopyWithoutOnnxRuntime(Path.GetDirectoryName(EdgeProcess.PathOf("Edge.Cli", "edge"))!, program);
        var edge = Path.Combine(program, "edge");
        var none = new Dictionary<string, string>();
        var refused = await EdgeProcess.RunAsync(edge, ["logits", temp["m.onnx"], "--tokens", "1"], none);
        refused.Exits(1).SaysInOneLine("libonnxruntime.so", "GGUF models run without it");
        Assert.Equal("", refused.Output);
        (await EdgeProcess.RunAsync(edge, ["logits", temp["m.gguf"], "--tokens", "1"], none)).Exits(0);
        (await EdgeProcess.RunAsync(edge, ["inspect", temp["m.onnx"]], none)).Exits(0);
    }

    private void WriteModels()
    {
        SpeakingModel.Write(temp["m.gguf"], "The bread rests for twelve hours.");
        using var source = ModelFile.Open(temp["m.gguf"]);
        OnnxExporter.Write(source, OnnxWeightType.F32, temp["m.onnx"]);
    }

    /// <summary>Every number of the first member: ids or logits.</summary>
    private static double[] Numbers(JsonElement json)
    {
        var first = json.EnumerateObject().First().Value;
        return
        [
            .. first
                .EnumerateArray()
                .SelectMany(x => x.ValueKind == JsonValueKind.Array ? x.EnumerateArray().ToArray() : [x])
                .Select(x => x.GetDouble()),
        ];
    }

    /// <summary>A namespace of its own needs a right that not every user has.</summary>
    private static async Task<bool> CanLeaveTheNetworkAsync(Dictionary<string, string> environment) =>
        File.Exists("/usr/bin/unshare")
        && (await EdgeProcess.RunAsync("/usr/bin/unshare", ["-n", "true"], environment)).ExitCode == 0;

    private static void CopyWithoutOnnxRuntime(string from, string to)
    {
        var left = 0;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            // The managed half stays: the native one is what a device may do without.
            if (Path.GetFileName(file) is "libonnxruntime.so" or "libonnxruntime.dylib" or "onnxruntime.dll")
            {
                left++;
                continue;
            }
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        Assert.True(left > 0, $"no ONNX Runtime under {from}");
    }
}
