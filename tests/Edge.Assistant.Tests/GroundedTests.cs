using System.Text;
using Edge.Assistant.Evaluation;
using Edge.Assistant.Text;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Inference.Tokenizers;
using Edge.TestKit;

namespace Edge.Assistant.Tests;

/// <summary>Answers copied from a passage by models with random weights: whatever they prefer, it stands in the passage.</summary>
public sealed class GroundedTests : IDisposable
{
    private static readonly string[] Scripts =
    [
        "On 4 May, Anna's aunt paid 1,000.50 pounds (plus -2.5 %) for the well-known pump; \"she can't\" return it.\nNo.",
        "Москва — столица России. Население: 13 млн человек, площадь 2 561 км².",
        "東京は日本の首都です。人口は約1400万人で、面積は2194平方キロメートル。",
        "서울에서 3월에 만나요. 부산은 다음입니다.",
        "مرحبا بالعالم 2024 هذا نص قصير.",
        "नमस्ते दुनिया, यह एक छोटा पाठ है।",
        "Flags 🇫🇷 and families 👨‍👩‍👧 and e\u0301clairs 🙂🙃, 50€ each!",
        "ประเทศไทยมีประชากร 66 ล้านคน",
    ];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_answer_is_what_stands_at_its_place_in_the_passage(bool sentencePiece)
    {
        var random = new Random(5);
        for (var round = 0; round < 6; round++)
        {
            using var model = Open(seed: round, sentencePiece: sentencePiece, context: 1024);
            var answerer = new GroundedAnswerer(model, new GroundedOptions { Slack = 4, EvaluationsMax = 120 });
            for (var i = 0; i < 4; i++)
            {
                var passage = string.Join(' ', random.GetItems(Scripts, 2))[random.Next(10)..];
                var answer = answerer.Answer(passage, "What is 東京?", TestContext.Current.CancellationToken);
                Assert.Equal(Hidden.Remove(passage), answer.Passage);
                Assert.NotEmpty(answer.Spans);
                Assert.Contains(answer.Best, answer.Spans);
                Assert.Equal(answer.Spans.OrderByDescending(span => span.LogProbability), answer.Spans);
                Assert.All(answer.Spans, span => IsInPlace(answer.Passage, span));
                Assert.InRange(answer.Confidence, 0, 1);
                Assert.Equal(answer.RefusalLogProbability - answer.Spans[0].LogProbability, answer.Margin);
                Assert.Equal(answer.Margin > 0, answer.Refused);
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public void With_enough_time_the_likeliest_of_all_answers_is_found(int seed, bool sentencePiece)
    {
        const string passage = "the seeds cost 1,000 euros and the tools";
        using var model = Open(seed, sentencePiece, sharpness: 6);
        var options = new GroundedOptions { EvaluationsMax = 100_000, TokensMax = 40 };
        var answer = new GroundedAnswerer(model, options).Answer(passage, "?", TestContext.Current.CancellationToken);
        var prompt = new TaskPrompts(model).ForQuestion(passage, "?", 40)!.Tokens;

        var (text, logP) = Likeliest(model, prompt, passage, 40, answer.Best!.LogProbability - 1e-3);
        Assert.Equal(text, answer.Best.Text);
        Assert.Equal(logP, answer.Best.LogProbability, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void The_answer_of_a_short_search_is_no_less_likely_than_the_greedy_one(int seed)
    {
        using var model = Open(seed, context: 1024);
        var random = new Random(seed);
        for (var i = 0; i < 3; i++)
        {
            var passage = random.GetItems(Scripts, 1)[0];
            var options = new GroundedOptions { EvaluationsMax = 1, TokensMax = 24 };
            var answerer = new GroundedAnswerer(model, options);
            var quick = answerer.Answer(passage, "Why?", TestContext.Current.CancellationToken);
            var prompt = new TaskPrompts(model).ForQuestion(passage, "Why?", 24)!.Tokens;
            var greedy = Greedy(model, prompt, passage, 24);
            Assert.True(
                quick.Spans[0].LogProbability >= greedy - 1e-3,
                $"{quick.Spans[0].LogProbability} after {greedy}, seed {seed}: {passage}"
            );
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_more_the_words_of_the_question_count_the_nearer_the_answer_is_to_them(int seed)
    {
        const string passage =
            "The roof leaks. Peter repairs the pump on Saturday. Nobody came to the library. It rained all day.";
        const string question = "When does Peter repair the pump?";
        using var model = Open(seed, context: 1024);
        var token = TestContext.Current.CancellationToken;
        var alone = new GroundedAnswerer(model, new GroundedOptions()).Answer(passage, question, token);
        var led = new GroundedAnswerer(model, new GroundedOptions { SentenceWeight = 50 }).Answer(
            passage,
            question,
            token
        );
        Assert.InRange(
            led.Best!.Start,
            passage.IndexOf("Peter", StringComparison.Ordinal),
            passage.IndexOf(" Nobody", StringComparison.Ordinal)
        );
        Assert.All(alone.Spans, span => Assert.Equal(span.LogProbability, span.Score));
        Assert.Equal(alone.RefusalLogProbability, led.RefusalLogProbability, 4);

        // A passage with none of the question's words is refused once they count enough.
        var options = new GroundedOptions { CoverageWeight = 1000 };
        Assert.True(new GroundedAnswerer(model, options).Answer("It rained all day.", question, token).Refused);
        Assert.False(
            new GroundedAnswerer(model, options with { RefusalThreshold = 500 })
                .Answer(passage, question, token)
                .Refused
        );
    }

    [Fact]
    public void The_refusal_is_scored_as_the_model_would_say_it()
    {
        using var model = Open(7);
        var answer = new GroundedAnswerer(model).Answer(Scripts[0], "Who?", TestContext.Current.CancellationToken);
        var prompt = new TaskPrompts(model).ForQuestion(Scripts[0], "Who?", 64)!.Tokens;
        var refusal = model.Tokenizer.Encode(TaskPrompt.Refusal, addBos: false);
        var rows = model.Logits([.. prompt, .. refusal]);
        var expected = 0.0;
        for (var i = 0; i <= refusal.Length; i++)
            expected += LogP(
                rows[prompt.Length - 1 + i],
                i < refusal.Length ? refusal[i] : model.Tokenizer.EosId!.Value
            );
        Assert.Equal(expected, answer.RefusalLogProbability, 3);
    }

    [Fact]
    public void The_threshold_decides_and_the_answer_stays_known()
    {
        using var model = Open(8);
        var token = TestContext.Current.CancellationToken;
        var margin = new GroundedAnswerer(model).Answer(Scripts[0], "Who?", token).Margin;
        foreach (var (threshold, refused) in new[] { (margin - 0.1, true), (margin + 0.1, false) })
        {
            var options = new GroundedOptions { RefusalThreshold = threshold };
            var answer = new GroundedAnswerer(model, options).Answer(Scripts[0], "Who?", token);
            Assert.Equal(refused, answer.Refused);
            Assert.NotNull(answer.Best);
        }
    }

    [Fact]
    public void Of_a_passage_that_is_too_long_the_stretch_that_fits_the_question_is_searched()
    {
        using var model = Open(9, context: 512);
        var passage =
            string.Concat(Enumerable.Range(0, 300).Select(i => $"Sentence {i} says nothing. "))
            + "The harbour opens in spring. "
            + string.Concat(Enumerable.Range(0, 300).Select(i => $"Line {i} is empty. "));
        var answer = new GroundedAnswerer(model).Answer(passage, "When does the harbour open?");
        Assert.All(answer.Spans, span => IsInPlace(passage, span));
        var place = passage.IndexOf("The harbour", StringComparison.Ordinal);
        Assert.All(answer.Spans, span => Assert.InRange(span.Start, place - 512, place + 512));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t ")]
    [InlineData("<!-- the answer is 42 -->")]
    public void A_passage_without_words_is_refused(string passage)
    {
        using var model = Open(10);
        var answer = new GroundedAnswerer(model).Answer(passage, "What?", TestContext.Current.CancellationToken);
        Assert.True(answer.Refused);
        Assert.Null(answer.Best);
        Assert.Equal(0, answer.Confidence);
    }

    [Fact]
    public void Hidden_text_is_never_an_answer()
    {
        using var model = Open(11);
        var answer = new GroundedAnswerer(model, new GroundedOptions { Slack = 10 }).Answer(
            "Anna <!-- 42 -->buys\u200B seeds.",
            "What?",
            TestContext.Current.CancellationToken
        );
        Assert.Equal("Anna buys seeds.", answer.Passage);
        Assert.All(answer.Spans, span => IsInPlace(answer.Passage, span));
    }

    [Fact]
    public void Numbers_characters_and_negations_stay_whole()
    {
        using var model = Open(12);
        Check("x 1,000.50 y", starts: [0, 2, 11], ends: [1, 10, 12]);
        Check("by -2.5 C", starts: [0, 3, 8], ends: [2, 7, 9]);
        Check("I can't", starts: [0, 2], ends: [1, 7]);
        Check("Anna's", starts: [0, 5], ends: [4, 5, 6]);
        Check("日本", starts: [0, 1], ends: [1, 2]);
        Check("e\u0301a 🇫🇷", starts: [0, 4], ends: [3, 8]);

        void Check(string text, int[] starts, int[] ends)
        {
            var passage = new GroundedPassage(text, model.Tokenizer);
            var at = new List<int>();
            for (var i = 0; i <= text.Length; i++)
                at.Add(Encoding.UTF8.GetByteCount(text.AsSpan(0, i)));
            Assert.Equal(starts, passage.Starts.Select(offset => at.IndexOf(offset)));
            Assert.Equal(
                ends,
                Enumerable.Range(0, text.Length + 1).Where(i => IsCharEdge(text, i) && passage.CanEnd(at[i]))
            );
        }

        static bool IsCharEdge(string text, int i) => i == 0 || i == text.Length || !char.IsLowSurrogate(text[i]);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new GroundedOptions { TokensMax = 0 });
        Assert.Throws<ArgumentException>(() => new GroundedOptions { EvaluationsMax = 0 });
        Assert.Throws<ArgumentException>(() => new GroundedOptions { Slack = -1 });
        Assert.Throws<ArgumentException>(() => new GroundedOptions { LengthPower = double.NaN });
    }

    [Fact]
    public void The_curve_and_the_best_threshold_are_what_a_hand_computes()
    {
        // Margins of four answerable (right, half right, right, wrong) and two unanswerable questions.
        EvaluatedQa[] items =
        [
            Item(true, -5, 1),
            Item(true, -4, 0.5),
            Item(true, -3, 1),
            Item(false, -1, 0),
            Item(true, 1, 0),
            Item(false, 2, 0),
        ];
        var points = RefusalCurve.Of(items);
        Assert.Equal(7, points.Count);
        Assert.Equal((1, 1, 2.0 / 6), (points[0].UnanswerableRefused, points[0].AnswerableRefused, points[0].F1));
        Assert.Equal(
            (1, 0.25, 4.5 / 6, -2),
            (points[3].UnanswerableRefused, points[3].AnswerableRefused, points[3].F1, points[3].Threshold)
        );
        Assert.Equal((0, 0, 2.5 / 6), (points[6].UnanswerableRefused, points[6].AnswerableRefused, points[6].F1));
        // None has 70 % and 10 %: at -2 the worse side is 15 % off, at 1.5 it is 20 %.
        Assert.Equal(points[3], RefusalCurve.Best(points));
        Assert.False(points[3].MeetsGoal);
        Assert.Null(RefusalCurve.Best(RefusalCurve.Of([Item(true, null, 1)])));

        static EvaluatedQa Item(bool answerable, double? margin, double f1) =>
            new(
                new QaItem("", "", "", "", answerable ? ["x"] : []),
                "",
                false,
                0,
                0,
                f1 == 1 ? 1 : 0,
                f1,
                new QaPrediction("", false, margin)
            );
    }

    private LanguageModel Open(int seed, bool sentencePiece = false, int context = 512, float sharpness = 3)
    {
        var path = folder[$"tiny{seed}{sentencePiece}{context}.gguf"];
        TinyModel.Write(path, seed, context, sharpness, sentencePiece);
        return LanguageModel.Open(path, threads: 1);
    }

    private static void IsInPlace(string passage, GroundedSpan span)
    {
        Assert.True(span.Text.Length > 0);
        Assert.Equal(passage.Substring(span.Start, span.Text.Length), span.Text);
        Assert.Equal(span.Text.Trim(), span.Text);
        Assert.True(Encoding.UTF8.GetBytes(passage).AsSpan().IndexOf(Encoding.UTF8.GetBytes(span.Text)) >= 0);
        Assert.True(span.LogProbability < 0);
    }

    /// <summary>Every way to spell every allowed stretch, as far as it can be as likely as <paramref name="least"/>.</summary>
    private static (string Text, double LogP) Likeliest(
        LanguageModel model,
        int[] prompt,
        string passage,
        int tokensMax,
        double least
    )
    {
        var edges = new GroundedPassage(passage, model.Tokenizer);
        var best = (Text: "", LogP: double.NegativeInfinity);
        foreach (var start in edges.Starts)
            Extend([], start, start, 0);
        return best;

        void Extend(int[] path, int start, int at, double logP)
        {
            if (logP < least || path.Length > tokensMax)
                return;
            var row = model.Logits([.. prompt, .. path])[^1];
            var end = logP + Math.Log(Ends(model.Tokenizer).Sum(id => Math.Exp(LogP(row, id))));
            if (at > start && edges.CanEnd(at) && end > best.LogP)
                best = (edges.Between(start, at).Text, end);
            for (var id = 0; id < model.Tokenizer.VocabSize; id++)
            {
                var bytes = model.Tokenizer.TokenBytes(id);
                if (!bytes.IsEmpty && edges.Bytes.AsSpan(at).StartsWith(bytes))
                    Extend([.. path, id], start, at + bytes.Length, logP + LogP(row, id));
                if (path.Length == 0 && bytes is [(byte)' ', ..])
                {
                    if (edges.Bytes.AsSpan(at).StartsWith(bytes[1..]))
                        Extend([id], start, at + bytes.Length - 1, LogP(row, id));
                }
            }
        }
    }

    /// <summary>The likeliest allowed token each time, until ending is likelier.</summary>
    private static double Greedy(LanguageModel model, int[] prompt, string passage, int tokensMax)
    {
        var edges = new GroundedPassage(passage, model.Tokenizer);
        var places = edges.Starts.Select(start => (Start: start, At: start)).ToList();
        List<int> path = [];
        var logP = 0.0;
        while (true)
        {
            var row = model.Logits([.. prompt, .. path])[^1];
            var end = Math.Log(Ends(model.Tokenizer).Sum(id => Math.Exp(LogP(row, id))));
            var canEnd = places.Any(place => place.At > place.Start && edges.CanEnd(place.At));
            var next = Enumerable
                .Range(0, model.Tokenizer.VocabSize)
                .Where(id => places.Any(place => Next(place.At, id) is not null))
                .OrderByDescending(id => LogP(row, id))
                .Select(id => (int?)id)
                .FirstOrDefault();
            if (next is null || path.Count == tokensMax || (canEnd && end >= LogP(row, next.Value)))
                return canEnd ? logP + end : double.NegativeInfinity;
            logP += LogP(row, next.Value);
            places =
            [
                .. places
                    .Select(p => (p.Start, At: Next(p.At, next.Value)))
                    .Where(p => p.At is not null)
                    .Select(p => (p.Start, p.At!.Value)),
            ];
            path.Add(next.Value);
        }

        // A first token may have the space that stands before its word.
        int? Next(int at, int id)
        {
            var bytes = model.Tokenizer.TokenBytes(id);
            if (!bytes.IsEmpty && edges.Bytes.AsSpan(at).StartsWith(bytes))
                return at + bytes.Length;
            var spaced = path.Count == 0 && bytes is [(byte)' ', ..];
            return spaced && edges.Bytes.AsSpan(at).StartsWith(bytes[1..]) ? at + bytes.Length - 1 : null;
        }
    }

    private static IEnumerable<int> Ends(Tokenizer tokenizer) =>
        Enumerable.Range(0, tokenizer.VocabSize).Where(id => tokenizer.IsEnd(id) || id == tokenizer.BosId);

    private static double LogP(float[] row, int id)
    {
        var max = row.Max();
        return row[id] - max - Math.Log(row.Sum(value => Math.Exp(value - max)));
    }
}
