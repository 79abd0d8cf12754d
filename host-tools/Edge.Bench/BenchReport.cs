using Edge.Bench.Limits;

namespace Edge.Bench;

/// <summary>How fast a model ran, and what share of this machine's own limits that is.</summary>
/// <param name="Model">What the model calls itself.</param>
/// <param name="WeightType">The type that most weight bytes have.</param>
/// <param name="WeightBytes">Bytes of weights that one decoded token reads: all but an embedding table of its own.</param>
public sealed record BenchReport(
    string Model,
    string WeightType,
    long Parameters,
    long WeightBytes,
    IReadOnlyList<ThreadsReport> Results
);

/// <summary>The figures of one thread count. Speeds are medians over the repeats; limits are the best that was seen.</summary>
/// <param name="PrefillTokensPerS">Of the prompt, in one piece.</param>
/// <param name="DecodeTokensPerS">Greedy, from an empty context.</param>
/// <param name="BandwidthShare">Weight bytes read a second while decoding, over <see cref="Bandwidth"/>.</param>
/// <param name="Int8PeakShare">Multiplications and additions of the matrices a second in prefill, over <see cref="Int8"/>;
/// the output matrix, which prefill does not use for each token, left out.</param>
/// <param name="RssBytes">Most memory the process had at one time while it ran; 0 where the system does not tell.</param>
/// <param name="LoadMs">From nothing to a model that can run, the file in the page cache.</param>
/// <param name="OverheadBytes"><see cref="RssBytes"/> without the file's weights and the key-value cache; 0 likewise.</param>
public sealed record ThreadsReport(
    int Threads,
    double PrefillTokensPerS,
    double DecodeTokensPerS,
    Bandwidth Bandwidth,
    double BandwidthShare,
    ArithmeticPeak Int8,
    double Int8PeakShare,
    ArithmeticPeak Fp32,
    long RssBytes,
    double LoadMs,
    long OverheadBytes
);
