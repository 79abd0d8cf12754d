using Edge.Inference.Kernels;

namespace Edge.Inference.Tests;

public sealed class TransformerTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 150).Select(i => i * 7 % 200)];

    public static TheoryData<TensorType> Types => [TensorType.F32, TensorType.F16, TensorType.Q8_0, TensorType.Q4_0];

    [Theory]
    [MemberData(nameof(Types))]
    public void Threads_and_prefill_pieces_do_not_change_a_bit(TensorType type)
    {
        using var model = new RandomModel(type);
        var expected = model.Run(Tokens, 1, InstructionSets.Best, [.. Enumerable.Repeat(1, Tokens.Length)]);
        Assert.Equal(expected, model.Run(Tokens, 1, InstructionSets.Best, Tokens.Length));
        Assert.Equal(expected, model.Run(Tokens, 2, InstructionSets.Best, 1, 63, 64, 22));
        Assert.Equal(expected, model.Run(Tokens, 3, InstructionSets.Best, 149, 1));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_instruction_set_gives_the_same_bits(TensorType type)
    {
        using var model = new RandomModel(type);
        var expected = model.Run(Tokens.AsSpan(0, 20), 1, InstructionSet.Scalar, 20);
        foreach (var set in InstructionSets.Available)
            Assert.Equal(expected, model.Run(Tokens.AsSpan(0, 20), 2, set, 20));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Multi_query_and_full_attention_run(int kvHeads)
    {
        using var model = new RandomModel(TensorType.F32, kvHeads);
        Assert.All(model.Run(Tokens, 2, InstructionSets.Best, 150), logit => Assert.True(float.IsFinite(logit)));
    }

    [Fact]
    public void A_token_depends_on_the_tokens_before_it_and_not_on_those_after()
    {
        using var model = new RandomModel(TensorType.F32);
        using var team = new ThreadTeam(1);
        using var state = new InferenceState(model.Config, 32, 1);
        var transformer = new Transformer(model.Config, model.Weight, team, InstructionSets.Best);
        var first = transformer.Forward(state, [1, 2, 3], 0).ToArray();
        transformer.Forward(state, [4, 5], 3);
        // Back to position 2: what came later is forgotten.
        Assert.Equal(first, transformer.Forward(state, [3], 2).ToArray());
        Assert.NotEqual(first, transformer.Forward(state, [9, 2, 3], 0).ToArray());
    }

    [Fact]
    public void The_token_loop_allocates_nothing()
    {
        using var model = new RandomModel(TensorType.Q8_0);
        using var team = new ThreadTeam(1);
        using var state = new InferenceState(model.Config, 128, 1);
        var transformer = new Transformer(model.Config, model.Weight, team, InstructionSets.Best);
        var sampler = new Sampler(new SamplingOptions { Temperature = 0.8f, TopP = 0.9f }, model.Config.VocabSize);
        Span<int> token = [1];
        Step(token);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Step(token);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Step(Span<int> last) => last[0] = sampler.Sample(transformer.Forward(state, last, state.Length));
    }

    [Fact]
    public void Nonsense_is_refused_with_the_numbers()
    {
        using var model = new RandomModel(TensorType.F32);
        using var team = new ThreadTeam(1);
        using var state = new InferenceState(model.Config, 8, 1);
        var transformer = new Transformer(model.Config, model.Weight, team, InstructionSets.Best);
        Assert.Contains("at least one", Message(() => transformer.Forward(state, [], 0)), StringComparison.Ordinal);
        Assert.Contains(
            "0 to 199, got 200",
            Message(() => transformer.Forward(state, [200], 0)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "0 to 199, got -1",
            Message(() => transformer.Forward(state, [-1], 0)),
            StringComparison.Ordinal
        );
        Assert.Contains("0 to 0, got 1", Message(() => transformer.Forward(state, [1], 1)), StringComparison.Ordinal);
        Assert.Contains(
            "8 positions",
            Message(() => transformer.Forward(state, new int[9], 0)),
            StringComparison.Ordinal
        );

        static string Message(Action act) => Assert.Throws<ArgumentException>(act).Message;
    }

    [Fact]
    public void The_memory_a_state_takes_is_known_before_it_is_made()
    {
        using var model = new RandomModel(TensorType.F32);
        foreach (var positions in new[] { 1, 10, 200 })
        {
            using var state = new InferenceState(model.Config, positions, 2);
            var needed = InferenceState.BytesNeeded(model.Config, positions, 2);
            Assert.InRange(state.Bytes, needed * 9 / 10, needed * 11 / 10);
        }
    }
}
