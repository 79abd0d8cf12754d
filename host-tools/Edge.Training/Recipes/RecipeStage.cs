namespace Edge.Training.Recipes;

/// <summary>A part of a run. Exactly one of tokens, epochs and minutes says how long it is.</summary>
public sealed record RecipeStage
{
    public required string Name { get; init; }

    /// <summary>"pretrain": prose, every token judged. "instruct": questions and summaries, answers judged; prose may be
    /// mixed in.</summary>
    public required string Kind { get; init; }

    /// <summary>Positions to train on.</summary>
    public long? Tokens { get; init; }

    /// <summary>Passes over the data, counted in positions.</summary>
    public double? Epochs { get; init; }

    public double? Minutes { get; init; }

    /// <summary>Positions between two steps of the optimiser.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>Positions of a row; the model's context when not given.</summary>
    public int? Length { get; init; }

    /// <summary>What a token of a prompt counts in the loss against one of an answer, 0 to 1; 0 when not given: only answers
    /// are judged. A model that knows little yet learns to read from the prompts, too.</summary>
    public double? PromptWeight { get; init; }

    /// <summary>Factor on the optimiser's learning rates in this stage.</summary>
    public double? LearningRateScale { get; init; }

    public required IReadOnlyList<RecipeData> Data { get; init; }

    public RecipeValidation? Validation { get; init; }
}

/// <summary>What the stage is judged by. Held-out documents are never trained on.</summary>
public sealed record RecipeValidation
{
    /// <summary>Files to judge by; documents and examples of them.</summary>
    public IReadOnlyList<RecipeData>? Data { get; init; }

    /// <summary>Share of each source's text that is held out, 0 to 0.5; 0 where files are given, else 0.01.</summary>
    public double? HeldOut { get; init; }

    /// <summary>Most positions to judge for each source: 32,768 when not given.</summary>
    public int? TokensPerSource { get; init; }
}

/// <summary>Files of one format that share a weight.</summary>
public sealed record RecipeData
{
    /// <summary>A file, a folder of notes, or a pattern: "*" stands for any part of a file name.</summary>
    public required string File { get; init; }

    /// <summary>Share of the stage's positions, against the other entries; 1 when not given.</summary>
    public double? Weight { get; init; }

    /// <summary>"text", "lines", "qa", "summaries", "notes", or "cloze": prose that questions are made of; told by the name
    /// when not given, "cloze" never.</summary>
    public string? Format { get; init; }

    /// <summary>After so many passes the entry's share goes to the others.</summary>
    public double? EpochsMax { get; init; }

    /// <summary>How often each example of a named source counts in one pass: 2, 0.5, 0 for never; others count once. A name
    /// also stands for NAME-unanswerable.</summary>
    public IReadOnlyDictionary<string, double>? Sources { get; init; }

    public RecipeQuestions? Questions { get; init; }
}

/// <summary>How questions become examples.</summary>
public sealed record RecipeQuestions
{
    /// <summary>Share of all questions whose passage does not answer them, 0 to 0.9; some are made by giving a question
    /// another passage of its source. 0.15 when not given.</summary>
    public double? Unanswerable { get; init; }

    /// <summary>Share of questions that get other passages of their source beside their own, 0 to 1; 0.3 when not given.</summary>
    public double? Distractors { get; init; }

    /// <summary>Most other passages; 2 when not given.</summary>
    public int? DistractorsMax { get; init; }

    /// <summary>Sources with passages of one sentence: up to so many others are put around it, in one paragraph.</summary>
    public IReadOnlyDictionary<string, int>? Pack { get; init; }

    /// <summary>Sources with several questions on one passage: up to so many others of them follow as further turns, each
    /// answer judged. Reading a passage once for many questions is most of what they cost.</summary>
    public IReadOnlyDictionary<string, int>? FollowUps { get; init; }

    /// <summary>An answer that does not stand in its passage word for word gives way to the run of the passage's words with
    /// the highest F1 against it, where that is at least this, 0 to 1; 1 when not given: none does.</summary>
    public double? NearestSpan { get; init; }

    /// <summary>Share that is kept of the answers that do not stand in their passage word for word, 0 to 1; 0 when not
    /// given, because on the device an answer is a span of the passage.</summary>
    public double? OtherAnswers { get; init; }
}
