using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Bench.Limits;

/// <summary>A way to read memory from front to back as fast as possible.</summary>
/// <param name="Name">"4 streams, prefetch" ...</param>
internal sealed record ReadLoop(string Name, MemoryReader Read)
{
    /// <summary>The loops that this machine can run.</summary>
    public static IReadOnlyList<ReadLoop> All { get; } = MakeAll();

    private static unsafe List<ReadLoop> MakeAll()
    {
        var loops = new List<ReadLoop>
        {
            new("1 stream", ReadLoops.Read<One, Plain>),
            new("2 streams", ReadLoops.Read<Two, Plain>),
            new("4 streams", ReadLoops.Read<Four, Plain>),
        };
        if (Sse.IsSupported)
        {
            loops.Add(new("1 stream, prefetch", ReadLoops.Read<One, Ahead>));
            loops.Add(new("2 streams, prefetch", ReadLoops.Read<Two, Ahead>));
            loops.Add(new("4 streams, prefetch", ReadLoops.Read<Four, Ahead>));
        }
        return loops;
    }

    internal readonly struct One : IStreams
    {
        public static int Count => 1;
    }

    internal readonly struct Two : IStreams
    {
        public static int Count => 2;
    }

    internal readonly struct Four : IStreams
    {
        public static int Count => 4;
    }

    internal readonly struct Plain : IPrefetch
    {
        public static bool On => false;
    }

    internal readonly struct Ahead : IPrefetch
    {
        public static bool On => true;
    }
}

/// <summary>Reads memory; the result depends on every byte.</summary>
internal unsafe delegate long MemoryReader(byte* from, nint bytes);

internal interface IStreams
{
    /// <summary>Places that are read in turn: 1, 2 or 4.</summary>
    static abstract int Count { get; }
}

internal interface IPrefetch
{
    static abstract bool On { get; }
}

internal static unsafe class ReadLoops
{
    /// <summary>Bytes of one round over all streams.</summary>
    private const int RoundBytes = 256;

    /// <summary>Bytes that a prefetch looks ahead.</summary>
    private const int AheadBytes = 2048;

    /// <summary>
    /// Loads every byte once. Four rounds of 64 bytes in flight, each with sums of its own; with several streams each takes
    /// its part of the memory.
    /// </summary>
    /// <param name="bytes">A multiple of 256.</param>
    /// <returns>A number that depends on all bytes, so that no load can be left out.</returns>
    public static long Read<TStreams, TPrefetch>(byte* from, nint bytes)
        where TStreams : struct, IStreams
        where TPrefetch : struct, IPrefetch
    {
        // Where the four times 64 bytes of a round lie, from the first of them.
        var part = bytes / TStreams.Count;
        nint second = 64,
            third = 128,
            fourth = 192,
            step = RoundBytes;
        if (TStreams.Count == 2)
        {
            third = part;
            fourth = part + 64;
            step = 128;
        }
        if (TStreams.Count == 4)
        {
            second = part;
            third = 2 * part;
            fourth = 3 * part;
            step = 64;
        }

        Vector256<long> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        var rounds = bytes / RoundBytes;
        for (nint i = 0; i < rounds; i++, from += step)
        {
            if (TPrefetch.On && Sse.IsSupported)
            {
                Sse.Prefetch0(from + AheadBytes);
                Sse.Prefetch0(from + second + AheadBytes);
                Sse.Prefetch0(from + third + AheadBytes);
                Sse.Prefetch0(from + fourth + AheadBytes);
            }
            a0 += Load(from);
            a1 += Load(from + 32);
            b0 += Load(from + second);
            b1 += Load(from + second + 32);
            c0 += Load(from + third);
            c1 += Load(from + third + 32);
            d0 += Load(from + fourth);
            d1 += Load(from + fourth + 32);
        }
        return Vector256.Sum(a0 + a1 + b0 + b1 + c0 + c1 + d0 + d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Load(byte* from) => Vector256.Load((long*)from);
}
