using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>Every kernel on every instruction set of this machine, over all lengths and odd shapes.</summary>
public sealed class KernelCheckTests
{
    public static TheoryData<string, InstructionSet> Checks
    {
        get
        {
            var checks = new TheoryData<string, InstructionSet>();
            foreach (var check in KernelCheck.All)
                checks.Add(check.Name, check.Set);
            return checks;
        }
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void A_kernel_gives_the_bits_of_its_scalar_twin(string check, InstructionSet set) =>
        Assert.True(KernelCheck.Find(check, set).Run() > 0);

    [Fact]
    public void A_difference_names_the_result_and_both_values()
    {
        var error = Assert.Throws<KernelDifferenceException>(() => KernelCheck.Same([1f, 0f], [1f, -0f], "here"));
        Assert.Equal("here: result 1 should be 0 (00000000), found -0 (80000000)", error.Message);
        error = Assert.Throws<KernelDifferenceException>(() => KernelCheck.Same([1f], [1f, 2f], "here"));
        Assert.Equal("here: should have 1 results, found 2", error.Message);
    }
}
