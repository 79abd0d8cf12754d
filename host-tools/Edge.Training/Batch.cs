namespace Edge.Training;

/// <summary>
/// The tokens of one pass of the trainer: rows of equal length, each packed with one or more examples that do not see
/// each other.
/// </summary>
public sealed class Batch
{
    /// <summary>In <see cref="Targets"/>: this position is not judged.</summary>
    public const int NoTarget = -1;

    /// <param name="rows">1 or more.</param>
    /// <param name="length">Positions of a row, 1 or more.</param>
    public Batch(int rows, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Rows = rows;
        Length = length;
        Inputs = new int[rows * length];
        Targets = new int[rows * length];
        Starts = new int[rows * length];
        Weights = new float[rows * length];
        Array.Fill(Weights, 1);
    }

    public int Rows { get; }

    public int Length { get; }

    /// <summary>Rows * Length.</summary>
    public int Positions => Inputs.Length;

    /// <summary>(rows, length): token ids.</summary>
    public int[] Inputs { get; }

    /// <summary>(rows, length): the token that follows each input, or <see cref="NoTarget"/>.</summary>
    public int[] Targets { get; }

    /// <summary>(rows, length): what the loss of a judged position counts, 0 to 1; 1 at first.</summary>
    public float[] Weights { get; }

    /// <summary>Of all judged positions: what a loss is divided by to be a mean.</summary>
    public double TotalWeight
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Targets.Length; i++)
                sum += Targets[i] == NoTarget ? 0 : Weights[i];
            return sum;
        }
    }

    /// <summary>(rows, length): where in its row the example begins that this position belongs to, 0 to the position itself.
    /// Position t of a row attends to Starts[t] to t, and its angle is that of t - Starts[t].</summary>
    public int[] Starts { get; }
}
