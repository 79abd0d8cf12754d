using Edge.Inference;

namespace Edge.Assistant.Council;

/// <summary>
/// Opens the models of a council when it is their turn. They stay open while memory allows; where one does not fit beside
/// the others, those are closed first. A model that does not open, or does not fit even alone, is refused with the engine's
/// words, or left out where its seat may be missing.
/// </summary>
internal sealed class CouncilTable(IReadOnlyList<CouncilSeat> seats) : IDisposable
{
    /// <summary>(seats): null while closed.</summary>
    private readonly ILanguageModel?[] open = new ILanguageModel?[seats.Count];

    private readonly string?[] names = new string?[seats.Count];

    public int Count => seats.Count;

    /// <summary>Who could not take part and why, by seat.</summary>
    public SortedDictionary<int, string> Missing { get; } = [];

    /// <summary>The seats of all others.</summary>
    public IEnumerable<int> Present => Enumerable.Range(0, Count).Where(seat => !Missing.ContainsKey(seat));

    /// <summary>Null for one that is missing.</summary>
    /// <exception cref="InsufficientMemoryException">It does not fit, even alone.</exception>
    public ILanguageModel? Take(int seat)
    {
        if (open[seat] is { } model)
            return model;
        if (Missing.ContainsKey(seat))
            return null;
        try
        {
            open[seat] = model = Open(seat);
        }
        // Whatever is wrong with one model, the others can answer.
        catch (Exception failure) when (seats[seat].MayBeMissing && failure is not OperationCanceledException)
        {
            Missing[seat] = failure.Message;
            return null;
        }
        names[seat] ??= NameOf(seat, model.Name);
        return model;
    }

    private ILanguageModel Open(int seat)
    {
        try
        {
            return seats[seat].Open();
        }
        catch (InsufficientMemoryException) when (open.Any(other => other is not null))
        {
            CloseAll(isOver: false);
            return seats[seat].Open();
        }
    }

    /// <summary>Of a model that was taken before; two of one name are told apart by their places.</summary>
    public string Name(int seat) => names[seat] ?? seats[seat].Place;

    public void Dispose() => CloseAll(isOver: true);

    private void CloseAll(bool isOver)
    {
        for (var i = 0; i < open.Length; i++)
        {
            if (open[i] is { } model)
                seats[i].Close(model, isOver);
            open[i] = null;
        }
    }

    private string NameOf(int seat, string name)
    {
        var taken = name == NoteAssistant.Quoted || names.Contains(name, StringComparer.Ordinal);
        return taken ? $"{name} ({seats[seat].Place})" : name;
    }
}
