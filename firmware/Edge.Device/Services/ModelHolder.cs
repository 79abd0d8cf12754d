using Edge.Assistant;
using Edge.Device.Panel;
using Edge.Inference;
using Edge.Inference.Onnx;
using Edge.Slots;

namespace Edge.Device.Services;

/// <summary>
/// The model of the active slot, loaded. Where it does not load and the slot has a fallback, that is used from then on. A
/// slot of which nothing loads is marked as bad; the other slot is tried, and without any the device quotes. Change it only while holding the <see cref="EngineGate"/>.
/// </summary>
public sealed class ModelHolder(
    SlotStore slots,
    int threads,
    string prefixFolder,
    Action<PanelEvent> panel,
    Action<string> log
) : IDisposable
{
    private readonly Lock gate = new();
    private Loaded current = new(null, null, null, null);

    public ILanguageModel? Model => Now.Model;

    /// <summary>Null without a model that works.</summary>
    public string? Name => Now.Name;

    public SlotId? Slot => Now.Slot;

    /// <summary>Why the last model tried does not work, or why its fallback is in use, or null.</summary>
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
                var model = OpenAny(ref active);
                problem = active.OnFallback ? WhyFallback(active) : problem;
                Replace(new Loaded(model, model.Name, active.Id, problem));
                log($"model {model.Name} from slot {active.Id}{(active.OnFallback ? ", its fallback" : "")}");
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

    /// <summary>Frees the memory of the loaded model for as long as another needs it; <see cref="Reload"/> loads it again.</summary>
    public void Unload() => Replace(new Loaded(null, null, null, null));

    /// <summary>Opens the model of a slot beside the one in use. It is the caller's, and a failure marks nothing.</summary>
    public ILanguageModel OpenBeside(SlotInfo slot)
    {
        var fileName = slot.OnFallback ? SlotLimits.FallbackFileName : SlotLimits.ModelFileName;
        return Open(slot, fileName, prefixes: null);
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

    /// <summary>Opens the slot's model, or its fallback where the model does not work, now or at an earlier time.</summary>
    private ILanguageModel OpenAny(ref SlotInfo slot)
    {
        if (slot.OnFallback)
        {
            log(WhyFallback(slot));
            return Open(slot, SlotLimits.FallbackFileName, prefixFolder);
        }
        try
        {
            return Open(slot, SlotLimits.ModelFileName, prefixFolder);
        }
        // Whatever is wrong with it, the fallback may do.
        catch (Exception e) when (slots.PathOf(slot.Id, SlotLimits.FallbackFileName) is not null)
        {
            log($"the model in slot {slot.Id} does not load: {e.Message}; trying its fallback");
            var fallback = Open(slot, SlotLimits.FallbackFileName, prefixFolder);
            try
            {
                slots.UseFallback(e.Message);
            }
            catch
            {
                fallback.Dispose();
                throw;
            }
            slot = slot with { OnFallback = true, Problem = e.Message };
            return fallback;
        }
    }

    private ILanguageModel Open(SlotInfo slot, string fileName, string? prefixes)
    {
        var path =
            slots.PathOf(slot.Id, fileName)
            ?? throw new SlotException($"slot {slot.Id} is active but has no {fileName}: flash one");
        var tokenizer = slots.PathOf(slot.Id, SlotLimits.TokenizerFileName);
        var chosen = new ModelOptions { Name = slot.Manifest?.ModelName, PrefixFolder = prefixes };
        return LanguageModels.Open(path, tokenizer, threads, options: chosen);
    }

    private static string WhyFallback(SlotInfo slot) =>
        $"the model in slot {slot.Id} runs on its ONNX fallback: {slot.Problem}";

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
