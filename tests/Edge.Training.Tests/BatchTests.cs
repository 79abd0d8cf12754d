namespace Edge.Training.Tests;

public sealed class BatchTests
{
    [Fact]
    public void A_batch_without_rows_or_positions_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batch(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batch(4, 0));
    }
}
