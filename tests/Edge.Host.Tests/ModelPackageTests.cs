using Edge.Conversion.Onnx;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Host.Tests;

/// <summary>Models of either kind, and a fallback beside one, from this computer to a device.</summary>
public sealed class ModelPackageTests : HostTest
{
    private const string Text = "The bread rests for twelve hours.";

    [Fact]
    public async Task A_model_with_its_fallback_is_checked_sent_and_active()
    {
        SpeakingModel.Write(Temp["m.gguf"], Text);
        Export("m.gguf", "m.onnx");
        await using var device = StartDevice();
        await using var client = await ConnectAsync(device);
        var package = ModelPackage.Open(Temp["m.gguf"], null, Temp["m.onnx"], null, Cancellation);
        var reply = await client.FlashAsync(package, null, Cancellation);
        Assert.Equal(("a", "speaker"), (reply.Slot, reply.ModelName));
        var sizes = new FileInfo(Temp["m.gguf"]).Length + new FileInfo(Temp["m.onnx"]).Length;
        Assert.Equal(sizes, (await client.SlotsAsync(Cancellation)).Slots[0].Bytes);
        Assert.Equal(File.ReadAllBytes(Temp["m.onnx"]), File.ReadAllBytes(Temp["device/slots/a/fallback"]));
        Assert.Null((await client.StatusAsync(Cancellation)).ModelProblem);
    }

    [Fact]
    public async Task An_ONNX_model_is_flashed_like_any_other()
    {
        SpeakingModel.Write(Temp["m.gguf"], Text);
        Export("m.gguf", "m.onnx");
        await using var device = StartDevice();
        await using var client = await ConnectAsync(device);
        var package = ModelPackage.Open(Temp["m.onnx"], null, null, Cancellation);
        Assert.Equal("speaker", package.ModelName);
        Assert.Equal("a", (await client.FlashAsync(package, null, Cancellation)).Slot);
        Assert.Equal("speaker", (await client.StatusAsync(Cancellation)).ModelName);
    }

    [Fact]
    public void A_fallback_that_is_not_the_same_model_as_ONNX_is_refused_before_anything_is_sent()
    {
        SpeakingModel.Write(Temp["m.gguf"], Text);
        SpeakingModel.Write(Temp["other.gguf"], "Never ask a stone anything.");
        Export("m.gguf", "m.onnx");
        Export("other.gguf", "other.onnx");
        var other = Assert.Throws<ModelFormatException>(() => Open("m.gguf", "other.onnx"));
        Assert.Contains("a fallback must be the same model", other.Message);
        Assert.Contains("is no ONNX file", Assert.Throws<ArgumentException>(() => Open("m.gguf", "m.gguf")).Message);
        Assert.Contains("ONNX model itself", Assert.Throws<ArgumentException>(() => Open("m.onnx", "m.onnx")).Message);

        ModelPackage Open(string model, string fallback) =>
            ModelPackage.Open(Temp[model], null, Temp[fallback], null, Cancellation);
    }

    private void Export(string from, string to)
    {
        using var source = ModelFile.Open(Temp[from]);
        OnnxExporter.Write(source, OnnxWeightType.F32, Temp[to]);
    }
}
