using BenchmarkDotNet.Attributes;
using Edge.Bench.Shapes;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Benchmarks;

/// <summary>How long a token of a real model takes.</summary>
public class TokenLoopBenchmarks() : TokenLoop(ModelShape.Find("stories15m"));

/// <summary>The same loop over a model so small that thousands of tokens pass in no time: what the runtime allocates now and
/// then, after a collection for instance, is nothing over so many, and one object a token is not.</summary>
public class TokenLoopAllocations()
    : TokenLoop(
        new ModelShape(
            "tiny",
            new ModelConfig
            {
                Dim = 64,
                HiddenDim = 96,
                Layers = 2,
                Heads = 4,
                KvHeads = 2,
                HeadDim = 16,
                RopeDim = 16,
                VocabSize = 300,
                ContextLength = 512,
                TiedOutput = true,
            }
        )
    );

/// <summary>What happens for every token: the pass through the model and the choice of the next token. Must allocate
/// nothing.</summary>
public abstract class TokenLoop(ModelShape shape)
{
    private const int Position = 128;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"edge-token-loop-{Environment.ProcessId}.gguf");
    private readonly int[] _token = [1];
    private ModelFile _file = null!;
    private ThreadTeam _team = null!;
    private PackedModel _packed = null!;
    private InferenceState _state = null!;
    private Transformer _transformer = null!;
    private Sampler _greedy = null!;
    private Sampler _sampled = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ShapeFile.Write(_path, shape, TensorType.Q8_0, seed: 1);
        _file = ModelFile.Open(_path);
        _team = new ThreadTeam(Threads);
        _packed = PackedModel.Make(_file.Weights, _team);
        _state = new InferenceState(_file.Config, positions: 256, Threads);
        _transformer = new Transformer(_file.Config, _packed.Weights, _team, InstructionSets.Best);
        _greedy = new Sampler(new SamplingOptions(), _file.Config.VocabSize);
        _sampled = new Sampler(
            new SamplingOptions
            {
                Temperature = 0.8f,
                TopK = 40,
                TopP = 0.95f,
            },
            _file.Config.VocabSize
        );
        _transformer.Forward(_state, [.. Enumerable.Range(0, Position)], 0);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _state.Dispose();
        _packed.Dispose();
        _team.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    /// <summary>Always at the same position, so that every run does the same work.</summary>
    [Benchmark]
    public void GreedyToken() => _token[0] = _greedy.Sample(_transformer.Forward(_state, _token, Position));

    [Benchmark]
    public void SampledToken() => _token[0] = _sampled.Sample(_transformer.Forward(_state, _token, Position));
}
