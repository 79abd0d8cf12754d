using Edge.Inference;
using Edge.TestKit;

namespace Edge.Slots.Tests;

public sealed class ModelSelfTestTests
{
    [Fact]
    public void Logits_like_the_hosts_pass()
    {
        float[][] run =
        [
            [1, 2, 3],
            [1, -2, 3],
        ];
        Assert.Contains(
            "2 probe tokens",
            ModelSelfTest.Judge(run, run, [1.01f, -2, 3], 0.02),
            StringComparison.Ordinal
        );
        Assert.Equal("2 probe tokens, finite and repeatable", ModelSelfTest.Judge(run, run, [], 0.02));
    }

    [Theory]
    [InlineData(new[] { 1f, float.NaN }, new[] { 1f, float.NaN }, new float[0], "after probe token 1 is not finite")]
    [InlineData(new[] { 1f, 2f }, new[] { 1f, 2.0001f }, new float[0], "two runs of the probe differ")]
    [InlineData(new[] { 1f, 2f }, new[] { 1f, 2f }, new[] { 1f, 2f, 3f }, "it has 2 logits, the host computed 3")]
    [InlineData(new[] { 1f, 2f }, new[] { 1f, 2f }, new[] { 1f, 2.1f }, "off the host's, 0.02 is allowed")]
    public void What_does_not_hold_is_named(float[] first, float[] second, float[] expected, string problem)
    {
        var error = Assert.Throws<SlotException>(() => ModelSelfTest.Judge([first], [second], expected, 0.02));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_real_model_is_installed_with_the_real_self_test_and_a_disturbed_probe_is_not()
    {
        var model = File.ReadAllBytes(Repo.Shared("models/stories260K.bin"));
        var tokenizer = File.ReadAllBytes(Repo.Shared("models/tok512.bin"));
        int[] probe = [1, 403, 407, 261, 378];
        float[] logits;
        try
        {
            using var host = LanguageModel.Open(
                Repo.Shared("models/stories260K.bin"),
                Repo.Shared("models/tok512.bin")
            );
            logits = host.Logits(probe)[^1];
        }
        catch (NotImplementedException)
        {
            Assert.Skip("LanguageModel is not built in yet");
            return;
        }
        var manifest = new SlotManifest(
            "stories260K",
            [TestModel.FileOf("model", model), TestModel.FileOf("tokenizer", tokenizer)],
            probe,
            logits
        );
        using var folder = new TempFolder();
        var store = SlotStore.Open(folder.Path, (path, tokenizerPath) => LanguageModel.Open(path, tokenizerPath));
        var info = new TestModel(manifest, model, tokenizer).InstallTo(store);
        Assert.Equal((SlotId.A, SlotState.Trial, true), (info.Id, info.State, info.Active));

        var disturbed = manifest with { ProbeLogits = [.. logits.Select((logit, i) => i % 2 == 0 ? -logit : logit)] };
        Assert.Throws<SlotException>(() => new TestModel(disturbed, model, tokenizer).InstallTo(store));
        Assert.Equal(SlotId.A, store.Active!.Id);

        var rubbish = TestModel.Make("rubbish");
        Assert.Throws<SlotException>(() => rubbish.InstallTo(store));
        Assert.Equal(SlotId.A, store.Active!.Id);
    }
}
