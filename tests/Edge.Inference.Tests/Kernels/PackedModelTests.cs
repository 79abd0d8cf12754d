using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed class PackedModelTests
{
    [Theory]
    [InlineData(TensorType.Q8_0, TensorType.Q8Packed)]
    [InlineData(TensorType.Q4_0, TensorType.Q4Packed)]
    public void A_packed_model_gives_the_logits_of_the_file(TensorType type, TensorType packedType)
    {
        using var model = new RandomModel(type);
        int[] tokens = [5, 17, 3, 99, 42, 0, 7];
        foreach (var set in InstructionSets.Available)
        {
            using var team = new ThreadTeam(2);
            using var packed = PackedModel.Make(model.Weight, team);
            Assert.Equal(packedType, packed.Weights.Layers[1].Down.Type);
            using var state = new InferenceState(model.Config, model.Config.ContextLength, 2);
            var transformer = new Transformer(model.Config, packed.Weights, team, set);
            transformer.Forward(state, tokens.AsSpan(0, 5), 0, logitRows: 0);
            transformer.Forward(state, tokens.AsSpan(5, 1), 5, logitRows: 0);
            var found = transformer.Forward(state, tokens.AsSpan(6, 1), 6).ToArray();
            Assert.Equal(model.Run(tokens, 2, set, 5, 1, 1), found);
        }
    }

    [Fact]
    public void A_model_without_quantised_weights_is_not_copied()
    {
        using var model = new RandomModel(TensorType.F16);
        Assert.Equal(0, PackedModel.BytesNeeded(model.Weight));
    }
}
