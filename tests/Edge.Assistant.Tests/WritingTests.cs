using Edge.Assistant.Writing;

namespace Edge.Assistant.Tests;

public class WritingTests
{
    private const string Source =
        "Nordvik Heating installs the pump on 4 May for 9,850 pounds. Ingrid measured every radiator.";

    [Theory]
    [InlineData(
        "Nordvik Heating installs the pump for 9,850 pounds.",
        "Nordvik Heating installs the pump for 9,850 pounds."
    )]
    [InlineData("Nordvik installs the pump on 5 May.", null)]
    [InlineData("The pump costs 9,850 pounds. Harlow measured every radiator.", "The pump costs 9,850 pounds.")]
    [InlineData("Unicorns dance happily across purple meadows.", null)]
    [InlineData("", null)]
    public void What_a_model_writes_must_stand_in_the_source(string written, string? kept) =>
        Assert.Equal(kept, Grounding.Keep(written, Source));

    [Theory]
    [InlineData(15_000_000, false, null, false)]
    [InlineData(15_000_000, true, null, false)]
    [InlineData(134_000_000, false, null, false)]
    [InlineData(134_000_000, true, null, true)]
    [InlineData(15_000_000, false, "[summarize, chat]", true)]
    [InlineData(15_000_000, false, "[stories]", false)]
    public void A_model_writes_when_it_was_trained_to_or_is_large_enough(
        long parameters,
        bool chat,
        string? tasks,
        bool writes
    )
    {
        var why = WritingSkill.WhyNot("pocket", parameters, chat, tasks);
        Assert.Equal(writes, why is null);
        if (why is not null)
            Assert.Contains("pocket", why);
    }
}
