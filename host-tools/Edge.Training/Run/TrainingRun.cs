using System.Globalization;
using Edge.Inference;
using Edge.Training.Data;
using Edge.Training.Model;
using Edge.Training.Optimizers;
using Edge.Training.Recipes;

namespace Edge.Training.Run;

/// <summary>How a run uses this machine; nothing here changes a result.</summary>
public sealed record RunOptions
{
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Time between two checkpoints.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most bytes that weights, gradients, optimiser and activations may take.</summary>
    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 9 / 10;

    /// <summary>Judgements on held-out text in each stage, besides the one at its end.</summary>
    public int Judgements { get; init; } = 10;

    /// <summary>A model whose weights this run begins with; null begins with random ones.</summary>
    public string? StartFrom { get; init; }

    /// <summary>Where tokens are kept between runs; null is the run's own folder.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Not null for a run that is only measured.</summary>
    public Experiment? Experiment { get; init; }
}

/// <summary>
/// Trains what a recipe says in a folder of its own: checkpoint.bin, model.gguf (int8), model-f32.gguf. Called again on
/// the same folder it goes on where the checkpoint stands, to the same bits as if it had never stopped.
/// </summary>
public sealed unsafe partial class TrainingRun : IDisposable
{
    private readonly Recipe _recipe;
    private readonly TrainingTokenizer _tokenizer;
    private readonly string _tokenizerPath;
    private readonly DataFiles _files;
    private readonly string _folder;
    private readonly RunOptions _options;
    private readonly ITrainingWatcher _watcher;
    private readonly TimeProvider _clock;
    private readonly Dial _dial;
    private readonly Network _network;
    private readonly Optimizer _optimizer;
    private readonly long[] _stageSteps;

    private int _stage;
    private long _step;
    private long _tokens;
    private double _seconds;
    private IReadOnlyList<string>? _resumedFingerprint;

    /// <param name="folder">Made when it is not there.</param>
    /// <exception cref="TrainingException">It does not fit the memory, or the folder holds another run.</exception>
    /// <exception cref="RecipeException">The numbers of the recipe do not fit each other.</exception>
    public TrainingRun(
        Recipe recipe,
        string tokenizerPath,
        DataFiles files,
        string folder,
        RunOptions options,
        ITrainingWatcher watcher,
        TimeProvider clock
    )
    {
        _recipe = recipe;
        _tokenizerPath = tokenizerPath;
        _tokenizer = TrainingTokenizer.Open(tokenizerPath);
        _files = files;
        _folder = folder;
        _options = options;
        _watcher = watcher;
        _clock = clock;
        _dial = Dial.Of(recipe, _tokenizer.Tokenizer.VocabSize);
        _stageSteps = new long[recipe.Stages.Count];
        Directory.CreateDirectory(folder);

        var length = recipe.Stages.Max(LengthOf);
        var positions = recipe.Stages.Max(stage => LengthOf(stage) * MicroRows(LengthOf(stage), BatchTokens(stage)));
        MemoryBytes = BytesOf(positions, length);
        Fit(positions);
        _network = new Network(_dial.Config, positions, length, options.Threads);
        try
        {
            _optimizer = new Optimizer(_network, _dial.Optimizer);
            Begin();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the int8 model will stand.</summary>
    public string ModelPath => Path.Combine(_folder, "model.gguf");

    /// <summary>That weights, gradients, optimiser and activations take.</summary>
    public long MemoryBytes { get; }

    /// <summary>Seen so far, in all stages and sittings.</summary>
    public long Tokens => _tokens;

    public long Parameters => _network.Layout.Length;

    private string CheckpointPath => Path.Combine(_folder, "checkpoint.bin");

    private nint[] Arrays => [(nint)_network.Weights, (nint)_optimizer.First, (nint)_optimizer.Second];

    /// <summary>Trains all stages that are left. Cancelling saves a checkpoint and returns false.</summary>
    /// <exception cref="TrainingException">The data changed since the checkpoint, or the loss is no number.</exception>
    /// <exception cref="TrainingDataException">The data cannot be used.</exception>
    /// <exception cref="IOException">A checkpoint could not be written; the one before is whole.</exception>
    public bool Run(CancellationToken cancellation)
    {
        for (; _stage < _recipe.Stages.Count; _stage++, _step = 0)
        {
            if (!RunStage(_recipe.Stages[_stage], cancellation))
                return false;
        }
        if (_options.Experiment is not null)
            return true;
        Save([]);
        Export();
        return true;
    }

    public void Dispose()
    {
        _optimizer?.Dispose();
        _network?.Dispose();
    }

    private void Begin()
    {
        foreach (var line in _dial.Arithmetic)
            _watcher.Said(line);
        if (!Checkpoint.Exists(CheckpointPath))
        {
            if (_options.StartFrom is { } start)
                ModelImport.Load(_network, start);
            else
                Initializer.Fill(_network, _recipe.Seed ?? 1, _recipe.Model.Start == "lookup");
            return;
        }
        var path =
            Checkpoint.Find(CheckpointPath)
            ?? throw new TrainingException(
                $"{CheckpointPath}: damaged, and so is the one before it. Move the folder away to begin again."
            );
        var state = Checkpoint.ReadState(path);
        if (state.Recipe != _recipe.ToJson())
            throw new TrainingException(
                $"{path}: this run was begun with another recipe. Give it another folder, or the recipe it had."
            );
        if (state.TokenizerSha256 != _tokenizer.Sha256)
            throw new TrainingException(
                $"{path}: this run was begun with another tokenizer than {Path.GetFileName(_tokenizerPath)}. Give it another folder, or the tokenizer it had."
            );
        state = Checkpoint.Load(path, Arrays, _network.Layout.Length);
        (_stage, _step, _tokens, _seconds) = (state.Stage, state.Step, state.Tokens, state.Seconds);
        state.StageSteps.ToArray().CopyTo(_stageSteps, 0);
        _resumedFingerprint = state.Fingerprint;
        _watcher.Said(Text($"going on from step {_step:N0} of stage {Math.Min(_stage + 1, _recipe.Stages.Count)}"));
    }

    private bool RunStage(RecipeStage stage, CancellationToken cancellation)
    {
        var data = OpenData(stage);
        var batchTokens = BatchTokens(stage);
        var batch = new Batch(MicroRows(data.Length, batchTokens), data.Length);
        var micros = Math.Max(1, batchTokens / batch.Positions);
        if (_options.Experiment is { } experiment)
            return RunToBudget(stage, data, batch, micros, experiment.StageSeconds[_stage], cancellation);
        if (_step == 0)
        {
            // A stage begins with a calm optimiser: its text, its loss and its gradients are others.
            new Span<float>(_optimizer.First, (int)_optimizer.Length).Clear();
            new Span<float>(_optimizer.Second, (int)_optimizer.Length).Clear();
        }
        if (_stageSteps[_stage] == 0)
            _stageSteps[_stage] = StepsOf(stage, data, batch, micros);
        var steps = _stageSteps[_stage];
        var positions = (long)batch.Positions * micros;
        _watcher.Said(
            Text($"stage {stage.Name}: {steps:N0} steps of {positions:N0} positions, {steps * positions / 1e6:0.0} M")
        );
        var schedule = new Schedule(
            steps,
            _dial.Warmup,
            _dial.Cooldown,
            _dial.FinalRate,
            (float)(stage.LearningRateScale ?? 1)
        );
        var judge = new Judge(_network, data.Validation, _watcher);
        var sampler = new Sampler(_network, _folder, _tokenizerPath, _recipe.Tasks ?? [], _watcher);
        var every = Math.Max(1, steps / (_options.Judgements + 1));
        var saved = _clock.GetTimestamp();
        while (_step < steps)
        {
            var started = _clock.GetTimestamp();
            var (loss, norm) = Step(data, batch, micros, schedule.At(_step));
            _step++;
            _tokens += positions;
            var seconds = _clock.GetElapsedTime(started).TotalSeconds;
            _seconds += seconds;
            Report(stage, steps, positions, loss, norm, schedule.At(_step - 1), seconds);
            if (_step == steps || _step % every == 0)
            {
                judge.Run(stage.Name, _step, _tokens, _seconds);
                sampler.Run(stage.Name, _step);
            }
            if (cancellation.IsCancellationRequested || _clock.GetElapsedTime(saved) >= _options.SaveEvery)
            {
                Save(data.Fingerprint.Lines);
                saved = _clock.GetTimestamp();
            }
            if (cancellation.IsCancellationRequested)
                return false;
        }
        return true;
    }

    private TrainingData OpenData(RecipeStage stage)
    {
        var data = TrainingData.Open(
            stage,
            _files,
            _tokenizer,
            new TrainingDataOptions
            {
                Length = LengthOf(stage),
                Seed = (_recipe.Seed ?? 1) + (ulong)_stage,
                CacheFolder = _options.CacheFolder ?? Path.Combine(_folder, "cache"),
                JudgeSameBytes = _options.Experiment is not null,
                Threads = _options.Threads,
                ValidationRows = MicroRows(LengthOf(stage), BatchTokens(stage)),
            }
        );
        if (_resumedFingerprint is { Count: > 0 } earlier && data.Fingerprint.DifferenceFrom(earlier) is { } difference)
            throw new TrainingException(
                $"{_folder}: the data changed since the checkpoint: {difference}. Put it back, or begin a run in another folder."
            );
        _resumedFingerprint = null;
        if (_options.Experiment is null)
            DataRecord.Save(_folder, stage.Name, data.Entries);
        return data;
    }

    /// <summary>One step of the optimiser: mean loss of the judged positions in nats, and the gradient's norm.</summary>
    private (double Loss, double Norm) Step(TrainingData data, Batch batch, int micros, float rate)
    {
        _network.ClearGradients();
        var first = _step * micros * batch.Rows;
        // The mean is over all positions of the step, so the weight of the judged ones is summed before.
        var judged = 0.0;
        for (var micro = 0; micro < micros; micro++)
        {
            if (micros > 1 || judged == 0)
                data.Fill(batch, first + ((long)micro * batch.Rows));
            judged += batch.TotalWeight;
        }
        if (judged == 0)
            return (0, 0);
        var sum = 0.0;
        for (var micro = 0; micro < micros; micro++)
        {
            if (micros > 1)
                data.Fill(batch, first + ((long)micro * batch.Rows));
            sum += _network.Learn(batch, (float)(1 / judged));
        }
        var norm = _optimizer.Step(_step + 1, rate);
        if (!double.IsFinite(norm) || !double.IsFinite(sum))
            throw new TrainingException(
                Text(
                    $"the loss is no number any more at step {_step + 1:N0} of stage {_recipe.Stages[_stage].Name}: lower optimizer.learningRate. The last checkpoint is whole."
                )
            );
        return (sum / judged, norm);
    }

    private long StepsOf(RecipeStage stage, TrainingData data, Batch batch, int micros)
    {
        var positions = (long)batch.Positions * micros;
        if (stage.Tokens is { } tokens)
            return Math.Max(1, tokens / positions);
        if (stage.Epochs is { } epochs)
            return Math.Max(1, (long)(epochs * data.RowsPerEpoch * data.Length / positions));
        return Math.Max(1, (long)(stage.Minutes!.Value * 60 / SecondsOfStep(data, batch, micros)));
    }

    /// <summary>About, from two passes that change nothing: the first pays for pages and compilation.</summary>
    private double SecondsOfStep(TrainingData data, Batch batch, int micros)
    {
        data.Fill(batch, 0);
        _ = _network.Learn(batch, 0);
        var started = _clock.GetTimestamp();
        _ = _network.Learn(batch, 0);
        return _clock.GetElapsedTime(started).TotalSeconds * micros * 1.1;
    }

    private void Report(
        RecipeStage stage,
        long steps,
        long positions,
        double loss,
        double norm,
        float rate,
        double seconds
    ) =>
        _watcher.Stepped(
            new StepReport(
                stage.Name,
                _step,
                steps,
                loss,
                rate,
                norm,
                positions / seconds,
                6.0 * _network.Layout.Length * positions / seconds,
                seconds * (steps - _step),
                _tokens,
                _seconds
            )
        );

    private void Save(IReadOnlyList<string> fingerprint)
    {
        var state = new CheckpointState
        {
            Recipe = _recipe.ToJson(),
            TokenizerSha256 = _tokenizer.Sha256,
            Parameters = _network.Layout.Length,
            StageSteps = _stageSteps,
            Stage = _stage,
            Step = _step,
            Tokens = _tokens,
            Seconds = _seconds,
            Fingerprint = fingerprint,
        };
        try
        {
            Checkpoint.Save(CheckpointPath, state, Arrays, _network.Layout.Length);
        }
        catch (IOException failure)
        {
            throw new TrainingException(
                $"{CheckpointPath}: could not be written ({failure.Message}). The checkpoint before it is whole: free some space and run the same command again.",
                failure
            );
        }
    }

    /// <summary>The model as int8, which ships, and as fp32, to compare with.</summary>
    private void Export()
    {
        var tasks = _recipe.Tasks ?? [];
        ModelExport.Save(_network, ModelPath, _recipe.Name, TensorType.Q8_0, _tokenizerPath, tasks);
        var exact = Path.Combine(_folder, "model-f32.gguf");
        ModelExport.Save(_network, exact, _recipe.Name, TensorType.F32, _tokenizerPath, tasks);
    }

    private long BytesOf(int positions, int length) =>
        Network.Bytes(_dial.Config, positions, length, _options.Threads)
        + (2 * sizeof(float) * new ParameterLayout(_dial.Config).Length);

    /// <exception cref="TrainingException">More memory is needed than there is.</exception>
    private void Fit(int positions)
    {
        if (MemoryBytes > _options.MemoryBytes)
            throw new TrainingException(
                Text(
                    $"{_recipe.Name}: training needs {MemoryBytes / 1e6:N0} MB (weights, gradients, optimiser and the activations of {positions:N0} positions), {_options.MemoryBytes / 1e6:N0} MB are free. Choose a smaller depth, length or batchTokens."
                )
            );
    }

    private int LengthOf(RecipeStage stage) => stage.Length ?? _dial.Config.ContextLength;

    private int BatchTokens(RecipeStage stage) =>
        stage.BatchTokens ?? Dial.BatchTokens(stage.Tokens ?? (Dial.TokensPerParameter * _dial.Parameters));

    /// <summary>Rows of one pass: about 2,048 positions keep its arrays near the caches.</summary>
    private static int MicroRows(int length, int batchTokens) => Math.Max(1, Math.Min(batchTokens, 2048) / length);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
