namespace Edge.Training.Data;

/// <summary>Puts whole examples into rows.</summary>
internal static class RowPacker
{
    /// <summary>Long ones first, each into the fullest row that has room for it.</summary>
    public static Example[][] Pack(IEnumerable<Example?> examples, int length)
    {
        var rows = new List<List<Example>>();
        var byRoom = new SortedSet<(int Room, int Row)>();
        foreach (var example in examples.OfType<Example>().OrderByDescending(example => example.Positions))
        {
            var fitting = byRoom.GetViewBetween((example.Positions, 0), (int.MaxValue, int.MaxValue));
            // Min of an empty view is (0, 0), which no row with room is.
            var (room, row) = fitting.Min is { Room: > 0 } best ? best : (length, rows.Count);
            if (row == rows.Count)
                rows.Add([]);
            else
                byRoom.Remove((room, row));
            rows[row].Add(example);
            byRoom.Add((room - example.Positions, row));
        }
        return [.. rows.Select(row => row.ToArray())];
    }

    /// <summary>Writes a row; what its examples leave empty keeps its input, sees only itself and is not judged.</summary>
    /// <param name="promptWeight">What a token of a prompt counts; 0 does not judge it.</param>
    public static void Write(
        Example[] row,
        Span<int> inputs,
        Span<int> targets,
        Span<int> starts,
        Span<float> weights,
        float promptWeight
    )
    {
        targets.Fill(Batch.NoTarget);
        weights.Fill(1);
        var at = 0;
        foreach (var example in row)
        {
            var count = example.Positions;
            example.Ids.AsSpan(0, count).CopyTo(inputs[at..]);
            starts.Slice(at, count).Fill(at);
            if (promptWeight > 0)
            {
                example.Ids.AsSpan(1).CopyTo(targets[at..]);
                weights.Slice(at, count).Fill(promptWeight);
            }
            foreach (var (start, end) in example.Answers)
            {
                example.Ids.AsSpan(start, end - start).CopyTo(targets[(at + start - 1)..]);
                weights.Slice(at + start - 1, end - start).Fill(1);
            }
            at += count;
        }
        for (; at < starts.Length; at++)
            starts[at] = at;
    }
}
