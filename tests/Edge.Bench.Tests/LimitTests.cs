using Edge.Bench.Limits;
using Edge.Inference;

namespace Edge.Bench.Tests;

public sealed class LimitTests
{
    public static TheoryData<string> ReadLoopNames => [.. ReadLoop.All.Select(loop => loop.Name)];

    [Theory]
    [MemberData(nameof(ReadLoopNames))]
    public unsafe void A_reading_loop_reads_every_number_once(string name)
    {
        var loop = ReadLoop.All.Single(loop => loop.Name == name);
        for (var bytes = 256; bytes <= 4096; bytes += 256)
        {
            // Powers of a base: no other choice of numbers has their sum.
            var numbers = new long[bytes / 8];
            var expected = 0L;
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = i == 0 ? 1 : unchecked(numbers[i - 1] * 6364136223846793005);
                expected = unchecked(expected + numbers[i]);
            }
            fixed (long* start = numbers)
                Assert.Equal(expected, loop.Read((byte*)start, bytes));
        }
    }

    [Fact]
    public void Every_fp32_loop_multiplies_and_adds_in_every_lane()
    {
        // x/2 + 1 over and over tends to 2; twelve sums, OpsPerRound / 24 lanes.
        foreach (var loop in ArithmeticLoop.Fp32)
            Assert.Equal(2 * (loop.OpsPerRound / 2), loop.Run(200));
    }

    [Fact]
    public void Every_int8_loop_does_what_its_instructions_say()
    {
        foreach (
            var loop in ArithmeticLoop.Int8.Where(loop => loop.Name.StartsWith("vpmadd", StringComparison.Ordinal))
        )
        {
            var lanes = loop.OpsPerRound / 24 / 4;
            for (var rounds = 0; rounds < 20; rounds++)
                Assert.Equal(
                    (float)
                        Enumerable
                            .Range(1, 12)
                            .Aggregate(0, (sum, start) => unchecked(sum + (lanes * Pairs(start, rounds)))),
                    loop.Run(rounds)
                );
        }

        static int Pairs(int sum, int rounds)
        {
            for (; rounds > 0; rounds--)
                sum += BitConverter.GetBytes(sum).Sum(b => 3 * (sbyte)b);
            return sum;
        }
    }

    [Fact]
    public void More_rounds_take_more_time()
    {
        // A loop whose work was optimised away would take no time at all.
        foreach (var loop in ArithmeticLoop.Int8.Concat(ArithmeticLoop.Fp32))
        {
            var seconds = TimedThreads.Run(1, _ => { }, _ => loop.Run(4_000_000), TimeProvider.System);
            Assert.True(seconds > 0.002, $"{loop.Name}: {seconds} s for 48 million vectors");
        }
    }

    [Fact]
    public void Bandwidth_is_measured_over_all_threads_and_says_how()
    {
        var one = ReadBandwidth.Measure(1 << 20, 1, TimeProvider.System, default);
        Assert.InRange(one.BytesPerSecond, 1e8, 1e13);
        Assert.Contains("1 MiB in", one.How, StringComparison.Ordinal);
        Assert.InRange(ReadBandwidth.Measure(1, 3, TimeProvider.System, default).BytesPerSecond, 1e6, 1e13);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void A_buffer_is_aligned_zero_and_its_own_to_the_last_byte(bool hugePages)
    {
        const int bytes = (5 << 20) + 123;
        using var buffer = new HugeBuffer(bytes, "to measure its memory with: measure a smaller model", hugePages);
        var all = new Span<byte>(buffer.Pointer, bytes);
        Assert.Equal(0, (nint)buffer.Pointer % 64);
        Assert.Equal(-1, all.IndexOfAnyExcept((byte)0));
        all.Fill(7);
        Assert.Equal(-1, all.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void All_threads_start_after_all_have_prepared()
    {
        var prepared = 0;
        var seen = new int[4];
        TimedThreads.Run(
            4,
            _ => Interlocked.Increment(ref prepared),
            part => seen[part] = prepared,
            TimeProvider.System
        );
        Assert.Equal([4, 4, 4, 4], seen);
    }
}
