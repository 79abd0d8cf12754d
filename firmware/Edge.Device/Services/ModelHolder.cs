using Edge.Assistant;
using Edge.Device.Panel;
using Edge.Inference;
using Edge.Slots;

namespace Edge.Device.Services;

/// <summary>
/// The model of the active slot, loaded. A model that does not load marks its slot as bad; the other slot is tried, and
/// without any the device quotes. Change it only while holding the <see cref="EngineGate"/>.
/// </summary>
public sealed class ModelHolder(SlotStore slots, int threads, Action<PanelEvent> panel, Action<string> log)
    : IDisposable
{
    private readonly Lock gate = new();
    private Loaded current = new(null, null, null, null);

    public ILanguageModel? Model => Now.Model;

    /// <summary>Null without a model that works.</summary>
    public string? Name => Now.Name;

    public SlotId? Slot => Now.Slot;

    /// <summary>Why the last model tried does not work, or null.</summary>
    public string? Problem => Now.Problem;

    private Loaded Now
    {
        get
        {
            lock (gate)
                return current;
        }
    }

    /// <summary>Loads what the slots say is active; the old model is unloaded first.</summary>
    public void Reload()
    {
        Replace(new Loaded(null, null, null, null));
        string? problem = null;
        // Each failure takes one slot out: two slots, two tries.
        for (var i = 0; i < 2 && slots.Active is { State: SlotState.Trial or SlotState.Good } active; i++)
        {
            try
            {
                var model = Open(active);
                Replace(new Loaded(model, model.Name, active.Id, problem));
                log($"model {model.Name} from slot {active.Id}");
                return;
            }
            // Whatever is wrong with a model, the device goes on without it.
            catch (Exception e)
            {
                problem = $"the model in slot {active.Id} does not load: {e.Message}";
                log(problem);
                slots.Fail(e.Message);
            }
        }
        Replace(new Loaded(null, null, null, problem ?? KeptProblem()));
    }

    /// <summary>The active model answered for real: a slot on trial is good from now on.</summary>
    public void Confirm()
    {
        if (Now.Model is not null && slots.Active?.State == SlotState.Trial)
            slots.Confirm();
    }

    /// <summary>A text that the model wrote itself is proof enough; a quoted one is none.</summary>
    public void ConfirmIfWrittenBy(string writtenBy)
    {
        if (writtenBy != NoteAssistant.Quoted)
            Confirm();
    }

    public void Dispose() => Now.Model?.Dispose();

    private LanguageModel Open(SlotInfo slot)
    {
        var path =
            slots.PathOf(slot.Id, "model")
            ?? throw new SlotException($"slot {slot.Id} is active but has no model: flash one");
        return LanguageModel.Open(path, slots.PathOf(slot.Id, "tokenizer"), threads, options: new ModelOptions { Name = slot.Manifest?.ModelName });
    }

    /// <summary>What an earlier run found wrong.</summary>
    private string? KeptProblem() =>
        slots.Slots.FirstOrDefault(slot => slot is { State: SlotState.Bad, Problem: not null }) is { } bad
            ? $"the model in slot {bad.Id} does not work: {bad.Problem}"
            : null;

    private void Replace(Loaded next)
    {
        ILanguageModel? old;
        lock (gate)
        {
            old = current.Model;
            current = next;
        }
        old?.Dispose();
        panel(new PanelEvent.ModelChanged(next.Name, next.Problem));
    }

    private sealed record Loaded(ILanguageModel? Model, string? Name, SlotId? Slot, string? Problem);
}
