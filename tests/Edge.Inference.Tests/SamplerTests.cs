namespace Edge.Inference.Tests;

public sealed class SamplerTests
{
    private static readonly float[] Logits = [0f, 3f, 1f, 3f, -2f, 2f];

    [Fact]
    public void Greedy_takes_the_lowest_id_among_equals()
    {
        Assert.Equal(1, new Sampler(new SamplingOptions(), Logits.Length).Sample(Logits));
    }

    [Fact]
    public void The_same_seed_gives_the_same_tokens_and_another_seed_others()
    {
        Assert.Equal(Draw(new() { Temperature = 1, Seed = 7 }, 50), Draw(new() { Temperature = 1, Seed = 7 }, 50));
        Assert.NotEqual(Draw(new() { Temperature = 1, Seed = 7 }, 50), Draw(new() { Temperature = 1, Seed = 8 }, 50));
    }

    [Fact]
    public void Frequencies_follow_the_softmax()
    {
        var draws = Draw(new() { Temperature = 1, Seed = 3 }, 40000);
        var total = Logits.Sum(l => Math.Exp(l));
        for (var id = 0; id < Logits.Length; id++)
            Assert.Equal(Math.Exp(Logits[id]) / total, draws.Count(d => d == id) / 40000.0, 0.01);
    }

    [Fact]
    public void Top_k_keeps_the_k_likeliest()
    {
        Assert.Equal([1, 3], Draw(new() { Temperature = 2, TopK = 2 }, 200).Distinct().Order());
    }

    [Fact]
    public void Top_p_keeps_the_shortest_prefix_that_reaches_p()
    {
        // Shares: 0.37, 0.37, 0.14, ...: two tokens reach 0.7.
        Assert.Equal([1, 3], Draw(new() { Temperature = 1, TopP = 0.7f }, 200).Distinct().Order());
    }

    [Fact]
    public void Min_p_keeps_tokens_near_the_likeliest()
    {
        Assert.Equal([1, 3, 5], Draw(new() { Temperature = 1, MinP = 0.3f }, 300).Distinct().Order());
    }

    [Fact]
    public void The_repetition_penalty_counts_a_token_once()
    {
        var sampler = new Sampler(new SamplingOptions { RepetitionPenalty = 1.4f }, Logits.Length);
        sampler.Accept(1);
        Assert.Equal(3, sampler.Sample(Logits));
        sampler.Accept(3);
        sampler.Accept(3);
        // 3 / 1.4 = 2.14 is still above 2.
        Assert.Equal(1, sampler.Sample(Logits));
    }

    [Fact]
    public void A_logit_that_is_no_number_is_an_error()
    {
        var sampler = new Sampler(new SamplingOptions(), 3);
        var error = Assert.Throws<InvalidOperationException>(() => sampler.Sample([1f, float.NaN, 2f]));
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1f, 1f, 0f)]
    [InlineData(float.NaN, 1f, 0f)]
    [InlineData(0f, 0f, 0f)]
    [InlineData(0f, 1.1f, 0f)]
    [InlineData(0f, 1f, -0.1f)]
    public void Options_refuse_nonsense(float temperature, float topP, float minP)
    {
        Assert.Throws<ArgumentException>(() =>
            new SamplingOptions
            {
                Temperature = temperature,
                TopP = topP,
                MinP = minP,
            }
        );
    }

    [Fact]
    public void Sampling_allocates_nothing()
    {
        var sampler = new Sampler(
            new SamplingOptions
            {
                Temperature = 1,
                TopK = 3,
                TopP = 0.9f,
            },
            Logits.Length
        );
        sampler.Sample(Logits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            sampler.Sample(Logits);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static List<int> Draw(SamplingOptions options, int count)
    {
        var sampler = new Sampler(options, Logits.Length);
        return [.. Enumerable.Range(0, count).Select(_ => sampler.Sample(Logits))];
    }
}
