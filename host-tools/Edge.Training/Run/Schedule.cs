namespace Edge.Training.Run;

/// <summary>
/// The share of the peak learning rate at each step: up in a line, flat, down in a line. A flat middle loses nothing
/// against a cosine and can be made longer later, which a cosine cannot.
/// </summary>
/// <param name="Steps">1 or more.</param>
/// <param name="Warmup">Share of the steps, 0 to 1.</param>
/// <param name="Cooldown">Share of the steps, 0 to 1.</param>
/// <param name="Final">Share of the rate that is left at the end.</param>
/// <param name="Peak">Factor on every rate.</param>
internal sealed record Schedule(long Steps, float Warmup, float Cooldown, float Final, float Peak)
{
    /// <param name="step">0 for the first.</param>
    public float At(long step)
    {
        var rise = Math.Max(1, (long)(Steps * Warmup));
        if (step < rise)
            return Peak * (step + 1) / rise;
        var fall = Math.Max(1, (long)(Steps * Cooldown));
        var left = Steps - step;
        return left > fall ? Peak : Peak * (Final + ((1 - Final) * left / fall));
    }

    /// <summary>The same where the end is a moment and not a number of steps; <see cref="Steps"/> counts for nothing.</summary>
    /// <param name="share">Of the stage's time that will be gone in the middle of the step, 0 to 1.</param>
    public float At(double share)
    {
        if (share < Warmup)
            return Peak * (float)(share / Warmup);
        var left = 1 - Math.Min(share, 1);
        return left > Cooldown ? Peak : Peak * (Final + ((1 - Final) * (float)(left / Cooldown)));
    }
}
