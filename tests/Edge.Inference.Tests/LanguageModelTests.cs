using Edge.TestKit;

namespace Edge.Inference.Tests;

/// <summary>What makes a generation cheaper must not change a token of it.</summary>
public sealed class LanguageModelTests : IDisposable
{
    private static readonly GenerationOptions Greedy = new()
    {
        MaxTokens = 150,
        Sampling = new SamplingOptions { Temperature = 0 },
    };

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(0f)]
    [InlineData(0.9f)]
    public void Guessing_from_the_prompt_changes_no_token(float temperature)
    {
        using var model = OpenStories();
        // The prompt holds the text that the model will write, so that there is something to guess from.
        var text = model.Generate([1], Greedy).Tokens;
        int[] prompt = [1, .. text.Take(120), 1, .. text.Take(10)];
        var options = Greedy with
        {
            Sampling = new SamplingOptions { Temperature = temperature, Seed = 5 },
        };
        var plain = model.Generate(prompt, options with { Speculate = false });
        var guessed = model.Generate(prompt, options);
        Assert.Equal(plain.Tokens, guessed.Tokens);
        Assert.Equal((plain.Text, plain.Finish), (guessed.Text, guessed.Finish));
        Assert.Equal(0, plain.Guessed);
        Assert.True(guessed.GuessedRight > 0, "nothing was guessed right, so nothing was tested");
        Assert.True(guessed.Guessed > guessed.GuessedRight, "nothing was guessed wrong, so nothing was taken back");
    }

    [Fact]
    public void A_guess_never_passes_the_end_of_the_context()
    {
        using var model = OpenStories(positions: 64);
        var options = Greedy with { MaxTokens = 500 };
        int[] prompt = [1, .. Enumerable.Repeat(400, 12)];
        var plain = model.Generate(prompt, options with { Speculate = false });
        var guessed = model.Generate(prompt, options);
        Assert.Equal(FinishReason.ContextFull, plain.Finish);
        Assert.Equal(plain.Finish, guessed.Finish);
        Assert.Equal(plain.Tokens, guessed.Tokens);
    }

    [Fact]
    public void A_prompt_that_begins_like_the_last_is_not_computed_again()
    {
        using var model = OpenStories();
        int[] first = [1, .. Enumerable.Range(300, 80)];
        int[] second = [.. first.Take(70), 50, 51, 52];
        model.Generate(first, Greedy);
        var warm = model.Generate(second, Greedy);
        using var other = OpenStories();
        var cold = other.Generate(second, Greedy);
        Assert.Equal(70, warm.Reused);
        Assert.Equal(0, cold.Reused);
        Assert.Equal(cold.Tokens, warm.Tokens);
    }

    [Fact]
    public void A_kept_prompt_survives_other_prompts()
    {
        using var model = OpenStories();
        int[] kept = [1, .. Enumerable.Range(300, 80)];
        var cold = model.Generate(kept, Greedy with { KeepPrompt = true });
        model.Generate([1, .. Enumerable.Range(100, 60)], Greedy);
        var warm = model.Generate(kept, Greedy);
        Assert.Equal(80, warm.Reused);
        Assert.Equal(cold.Tokens, warm.Tokens);
    }

    [Theory]
    [InlineData(KvType.F32)]
    [InlineData(KvType.F16)]
    public void A_prompt_kept_on_disk_survives_a_restart_and_gives_the_same_tokens(KvType type)
    {
        int[] prompt = [1, .. Enumerable.Range(300, 90)];
        GenerationResult cold;
        using (var model = OpenStories(type: type, prefixes: true))
            cold = model.Generate(prompt, Greedy with { KeepOnDisk = 60 });
        Assert.Single(Directory.GetFiles(_folder["prefixes"]));
        using var again = OpenStories(type: type, prefixes: true);
        var warm = again.Generate(prompt, Greedy);
        // Whole blocks of 16 are kept.
        Assert.Equal(48, warm.Reused);
        Assert.Equal(cold.Tokens, warm.Tokens);
    }

    [Fact]
    public void A_damaged_file_of_a_prompt_is_thrown_away_and_the_prompt_computed()
    {
        int[] prompt = [1, .. Enumerable.Range(300, 90)];
        GenerationResult cold;
        using (var model = OpenStories(prefixes: true))
            cold = model.Generate(prompt, Greedy with { KeepOnDisk = 60 });
        var file = Directory.GetFiles(_folder["prefixes"]).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^100] ^= 1;
        File.WriteAllBytes(file, bytes);
        using var again = OpenStories(prefixes: true);
        var warm = again.Generate(prompt, Greedy);
        Assert.Equal(0, warm.Reused);
        Assert.Equal(cold.Tokens, warm.Tokens);
        Assert.Empty(Directory.GetFiles(_folder["prefixes"]));
    }

    [Fact]
    public void A_file_of_another_model_or_cache_is_not_used()
    {
        int[] prompt = [1, .. Enumerable.Range(300, 90)];
        using (var model = OpenStories(prefixes: true))
            model.Generate(prompt, Greedy with { KeepOnDisk = 60 });
        using var other = OpenStories(type: KvType.F16, prefixes: true);
        Assert.Equal(0, other.Generate(prompt, Greedy).Reused);
    }

    [Fact]
    public void An_fp16_cache_takes_half_the_memory_and_stays_close()
    {
        using var full = OpenStories();
        using var half = OpenStories(type: KvType.F16);
        Assert.InRange(half.Load.StateBytes, full.Load.StateBytes / 4, full.Load.StateBytes * 9 / 10);
        var tokens = full.Generate([1], Greedy).Tokens.ToArray();
        var (expected, found) = (full.Logits(tokens), half.Logits(tokens));
        double error = 0,
            size = 0;
        for (var t = 0; t < tokens.Length; t++)
        for (var i = 0; i < expected[t].Length; i++)
        {
            error += Math.Pow(expected[t][i] - found[t][i], 2);
            size += Math.Pow(expected[t][i], 2);
        }
        Assert.InRange(Math.Sqrt(error / size), 1e-8, 2e-3);
    }

    [Fact]
    public void A_cancelled_prompt_leaves_a_state_that_the_next_prompt_can_trust()
    {
        using var model = OpenStories();
        int[] prompt = [1, .. Enumerable.Range(200, 200)];
        var cold = model.Generate(prompt, Greedy);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal(
            FinishReason.Cancelled,
            model.Generate([1, 5, 6, .. Enumerable.Range(100, 90)], Greedy, null, cancelled.Token).Finish
        );
        Assert.Equal(cold.Tokens, model.Generate(prompt, Greedy).Tokens);
    }

    public void Dispose() => _folder.Dispose();

    private LanguageModel OpenStories(int positions = 0, KvType type = KvType.F32, bool prefixes = false)
    {
        return LanguageModel.Open(
            Repo.Shared("models/stories260K.bin"),
            Repo.Shared("models/tok512.bin"),
            threads: 2,
            positions: positions,
            new ModelOptions { Cache = type, PrefixFolder = prefixes ? _folder["prefixes"] : null }
        );
    }
}
