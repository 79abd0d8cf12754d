using System.CommandLine;
using Edge.Assistant.Writing;
using Edge.Cli.CommandLine;
using Edge.Inference;

namespace Edge.Cli.Commands;

/// <summary>The options of answering by copying from a passage.</summary>
internal sealed class GroundedFlags
{
    private readonly Option<bool> _plain = new("--plain")
    {
        Description = "let the model write freely; without it, it copies a stretch of the passage or refuses",
    };

    private readonly Option<bool> _grounded = new("--grounded")
    {
        Description = "copy or refuse: what is done without --plain",
    };

    private readonly Option<float> _threshold = Weight(
        "--threshold",
        "refuse when the refusal is likelier than the answer by more than this, nats (default: what the model's file says, else 0)",
        -1e6f,
        1e6f
    );

    private readonly Option<float> _lengthPower = Weight(
        "--length-power",
        "divide an answer's log probability by its tokens to this power (default: what edge ask does)",
        0,
        4
    );

    private readonly Option<float> _sentenceWeight = Weight(
        "--sentence-weight",
        "nats that an answer loses in a sentence that shares no word with the question (default: what edge ask does)",
        0,
        100
    );

    private readonly Option<float> _coverageWeight = Weight(
        "--coverage-weight",
        "nats for the refusal when the passage has none of the question's words (default: what edge ask does)",
        0,
        100
    );

    private readonly Option<float> _fitWeight = Weight(
        "--fit-weight",
        "times what an answer loses whose words do not fit the question (default: what edge ask does)",
        0,
        100
    );

    private readonly Option<bool> _agreement = new("--agreement")
    {
        Description = "choose the answer that agrees best with all found, instead of the likeliest",
    };

    private readonly Option<bool> _mass = new("--mass")
    {
        Description = "compare the refusal with all answers found together, instead of the likeliest",
    };

    private readonly Option<int> _search = Options.Whole(
        "--search",
        "tokens computed in search of an answer, at most",
        256,
        1,
        1 << 20
    );

    public Option[] All =>
        [
            _plain,
            _grounded,
            _threshold,
            _lengthPower,
            _sentenceWeight,
            _coverageWeight,
            _fitWeight,
            _agreement,
            _mass,
            _search,
        ];

    /// <summary>How a model is to copy; null when it is to write freely.</summary>
    /// <exception cref="ArgumentException">Two ways are asked for.</exception>
    public Func<ILanguageModel, GroundedOptions>? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_plain))
            return parsed.GetValue(_grounded)
                ? throw new ArgumentException("--plain and --grounded are two ways to answer: give one")
                : null;
        return model =>
        {
            var usual = GroundedOptions.For(model);
            return usual with
            {
                RefusalThreshold = Given(_threshold) ?? usual.RefusalThreshold,
                LengthPower = Given(_lengthPower) ?? usual.LengthPower,
                SentenceWeight = Given(_sentenceWeight) ?? usual.SentenceWeight,
                CoverageWeight = Given(_coverageWeight) ?? usual.CoverageWeight,
                FitWeight = Given(_fitWeight) ?? usual.FitWeight,
                ByAgreement = parsed.GetValue(_agreement),
                RefuseByMass = parsed.GetValue(_mass),
                EvaluationsMax = parsed.GetValue(_search),
            };
        };

        float? Given(Option<float> option) =>
            parsed.GetResult(option) is null or { Implicit: true } ? null : parsed.GetValue(option);
    }

    /// <summary>Its default is the model's, which is not known before it is read.</summary>
    private static Option<float> Weight(string name, string description, float least, float most)
    {
        var option = Options.Number(name, description, 0, least, most);
        option.DefaultValueFactory = null;
        return option;
    }
}
