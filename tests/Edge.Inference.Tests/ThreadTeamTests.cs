namespace Edge.Inference.Tests;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    [InlineData(5, 40)]
    public void Every_part_runs_and_sees_what_others_wrote_before_a_barrier(int size, int rounds)
    {
        using var team = new ThreadTeam(size);
        var work = new Counting(team);
        for (var round = 0; round < rounds; round++)
            team.Run(work);
        Assert.Equal(0, work.Mistakes);
        Assert.Equal(rounds * size, work.Runs);
    }

    [Fact]
    public void Shares_cover_every_item_once_in_whole_multiples()
    {
        using var team = new ThreadTeam(3);
        for (var count = 0; count < 200; count++)
        {
            var next = 0;
            for (var part = 0; part < 3; part++)
            {
                var (first, end) = team.Share(part, count, 32);
                Assert.Equal(next, first);
                Assert.True(end == count || end % 32 == 0);
                next = end;
            }
            Assert.Equal(count, next);
        }
    }

    [Fact]
    public void A_sleeping_team_wakes_up()
    {
        using var team = new ThreadTeam(2);
        var work = new Counting(team);
        for (var round = 1; round <= 5; round++)
        {
            team.Run(work);
            // Longer than the threads spin.
            Thread.Sleep(20);
            Assert.Equal(2 * round, work.Runs);
        }
    }

    [Fact]
    public void Fewer_threads_than_the_team_has_may_run_and_the_next_round_may_have_more()
    {
        using var team = new ThreadTeam(4);
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var threads = random.Next(1, 5);
            var work = new Parts(team);
            team.Run(work, threads);
            Assert.Equal(threads, work.Runs);
            Assert.Equal(threads, team.Active);
            if (round % 100 == 0)
                Thread.Sleep(20);
        }
    }

    private sealed class Parts(ThreadTeam team) : ITeamWork
    {
        private int _runs;

        public int Runs => _runs;

        public void Run(int part)
        {
            Interlocked.Increment(ref _runs);
            team.Barrier();
        }
    }

    [Fact]
    public void Running_allocates_nothing()
    {
        using var team = new ThreadTeam(2);
        var work = new Meeting(team);
        team.Run(work);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            team.Run(work);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private sealed class Meeting(ThreadTeam team) : ITeamWork
    {
        public void Run(int part) => team.Barrier();
    }

    private sealed class Counting(ThreadTeam team) : ITeamWork
    {
        private readonly int[] _marks = new int[team.Size];
        private int _runs;
        private int _mistakes;

        public int Runs => _runs;

        public int Mistakes => _mistakes;

        public void Run(int part)
        {
            for (var phase = 0; phase < 10; phase++)
            {
                _marks[part]++;
                team.Barrier();
                if (_marks.Any(mark => mark != _marks[part]))
                    Interlocked.Increment(ref _mistakes);
                team.Barrier();
            }
            Interlocked.Increment(ref _runs);
        }
    }
}
