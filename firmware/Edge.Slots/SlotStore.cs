using Edge.Inference;
using Edge.Slots.Disk;

namespace Edge.Slots;

/// <summary>Tries a model as the device will use it. Throws <see cref="SlotException"/> when something does not hold.</summary>
/// <param name="modelPath">The model file in its slot, or its fallback.</param>
/// <param name="tokenizerPath">The tokenizer file in its slot, or null without one.</param>
/// <returns>What was found, for people.</returns>
public delegate string SelfTest(
    string modelPath,
    string? tokenizerPath,
    SlotManifest manifest,
    CancellationToken cancellation
);

/// <summary>Opens a model of any kind that the device runs; throws what the engines throw.</summary>
public delegate ILanguageModel ModelOpener(string path, string? tokenizerPath);

/// <summary>
/// Two model slots on disk and the record that says which is active. Install order: check, mark as writing, write,
/// fsync, read back and hash, self-test, switch, confirm after real use. A cut at any write leaves the active slot
/// active and whole. SLOTS.md has the layout. One process at a time; safe to call from several threads.
/// </summary>
public sealed class SlotStore
{
    private readonly Lock sync = new();
    private readonly string folder;
    private readonly ISlotDisk disk;
    private readonly SelfTest selfTest;
    private SlotRecord record;
    private bool installing;

    private SlotStore(string folder, ISlotDisk disk, SelfTest selfTest, SlotRecord record)
    {
        (this.folder, this.disk, this.selfTest, this.record) = (folder, disk, selfTest, record);
    }

    /// <param name="folder">Made when missing; holds a/, b/ and two copies of the state record.</param>
    /// <exception cref="SlotException">Both copies of the record are damaged, or the folder cannot be used.</exception>
    /// <param name="open">For the self-test.</param>
    public static SlotStore Open(string folder, ModelOpener open) =>
        Open(
            folder,
            (model, tokenizer, manifest, cancellation) =>
                ModelSelfTest.Run(open, model, tokenizer, manifest, cancellation)
        );

    /// <inheritdoc cref="Open(string, ModelOpener)"/>
    public static SlotStore Open(string folder, SelfTest selfTest) => Open(folder, selfTest, new RealDisk());

    /// <inheritdoc cref="Open(string, ModelOpener)"/>
    internal static SlotStore Open(string folder, SelfTest selfTest, ISlotDisk disk)
    {
        try
        {
            foreach (var slot in (SlotId[])[SlotId.A, SlotId.B])
                disk.CreateFolder(FolderOf(folder, slot));
            var record = SlotRecordFile.Read(folder, disk);
            var store = new SlotStore(folder, disk, selfTest, record);
            store.MarkUnfinished();
            return store;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new SlotException($"{folder}: the model slots cannot be used: {failed.Message}", failed);
        }
    }

    public IReadOnlyList<SlotInfo> Slots
    {
        get
        {
            lock (sync)
                return [InfoOf(SlotId.A), InfoOf(SlotId.B)];
        }
    }

    /// <summary>The slot to load at start, or null when no model was ever installed.</summary>
    public SlotInfo? Active
    {
        get
        {
            lock (sync)
                return record.Active is { } active ? InfoOf(active) : null;
        }
    }

    /// <summary>Starts left for a model on trial before the device falls back; 0 when the active model is not on trial.</summary>
    public int TrialStartsLeft
    {
        get
        {
            lock (sync)
                return record.TrialStartsLeft;
        }
    }

    /// <summary>Path of a file in a slot, or null when the slot does not have it.</summary>
    public string? PathOf(SlotId slot, string fileName)
    {
        var path = Path.Combine(FolderOf(folder, slot), fileName);
        return SlotLimits.FileNames.Contains(fileName) && disk.Exists(path) ? path : null;
    }

    /// <summary>
    /// The device starts: call it once before the active model is loaded. A trial that was not confirmed in
    /// <see cref="SlotLimits.TrialStarts"/> starts is over: the model becomes bad, and the other one active when that is good.
    /// </summary>
    public void NoteStart()
    {
        lock (sync)
        {
            if (record.Active is not { } active || record[active].State != SlotState.Trial)
                return;
            if (record.TrialStartsLeft > 0)
                Save(record with { TrialStartsLeft = record.TrialStartsLeft - 1 });
            else
                FailActive($"it did not answer once in {SlotLimits.TrialStarts} starts");
        }
    }

    /// <summary>Starts an install into the slot that is not active, after checking the manifest and the free space.</summary>
    /// <exception cref="SlotException">It cannot fit, or the manifest is nonsense; nothing was changed.</exception>
    public SlotInstall Begin(SlotManifest manifest)
    {
        ManifestCheck.ThrowIfWrong(manifest);
        lock (sync)
        {
            if (installing)
                throw new SlotException("another model is being installed: wait for it to end");
            var target = record.Active == SlotId.A ? SlotId.B : SlotId.A;
            try
            {
                ThrowIfNoRoom(manifest, target);
                Save(record.With(target, new SlotEntry(SlotState.Writing, null)));
                var path = FolderOf(folder, target);
                disk.DeleteFiles(path);
                disk.FsyncFolder(path);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                throw new SlotException($"slot {NameOf(target)} cannot be written: {failed.Message}", failed);
            }
            installing = true;
            return new SlotInstall(this, disk, target, FolderOf(folder, target), manifest);
        }
    }

    /// <summary>The active model answered for real: trial becomes good.</summary>
    public void Confirm()
    {
        lock (sync)
        {
            if (record.Active is { } active && record[active].State == SlotState.Trial)
                Save(record.With(active, record[active] with { State = SlotState.Good }) with { TrialStartsLeft = 0 });
        }
    }

    /// <summary>The active model failed to load or run: it becomes bad, and the other slot active when that is good.</summary>
    public void Fail(string reason)
    {
        lock (sync)
            FailActive(reason);
    }

    /// <summary>The active model failed to load, its fallback did: from now on that is used.</summary>
    /// <exception cref="SlotException">The active slot has no fallback.</exception>
    public void UseFallback(string reason)
    {
        lock (sync)
        {
            if (record.Active is not { } active || PathOf(active, SlotLimits.FallbackFileName) is null)
                throw new SlotException("the active slot has no fallback");
            Save(record.With(active, record[active] with { OnFallback = true, Problem = reason }));
        }
    }

    internal static string NameOf(SlotId slot) => slot == SlotId.A ? "a" : "b";

    /// <param name="fileName">The model or its fallback.</param>
    internal string RunSelfTest(SlotId slot, string fileName, SlotManifest manifest, CancellationToken cancellation) =>
        selfTest(
            PathOf(slot, fileName)
                ?? throw new SlotException($"slot {NameOf(slot)} has no file '{fileName}' after it was written"),
            PathOf(slot, SlotLimits.TokenizerFileName),
            manifest,
            cancellation
        );

    /// <summary>The one moment at which the new model becomes the device's model.</summary>
    /// <param name="whyFallback">Why the slot's model does not work and its fallback is used; null when it works.</param>
    internal SlotInfo Switch(SlotId slot, string? whyFallback)
    {
        lock (sync)
        {
            var next = record.With(slot, new SlotEntry(SlotState.Trial, whyFallback, whyFallback is not null)) with
            {
                Active = slot,
                TrialStartsLeft = SlotLimits.TrialStarts,
            };
            Save(next);
            installing = false;
            return InfoOf(slot);
        }
    }

    internal void Abandon(SlotId slot, SlotState state, string reason)
    {
        lock (sync)
        {
            installing = false;
            try
            {
                Save(record.With(slot, new SlotEntry(state, reason)));
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SlotException)
            {
                // The record still says that the slot is being written: it is not used either way.
            }
        }
    }

    private static string FolderOf(string folder, SlotId slot) => Path.Combine(folder, NameOf(slot));

    private SlotInfo InfoOf(SlotId slot)
    {
        var entry = record[slot];
        var manifest = entry.State is SlotState.Empty ? null : ManifestFile.Read(FolderOf(folder, slot), disk);
        return new SlotInfo(slot, entry.State, record.Active == slot, manifest, entry.Problem, entry.OnFallback);
    }

    /// <summary>A slot left in writing by a power cut keeps that state and says so.</summary>
    private void MarkUnfinished()
    {
        foreach (var slot in (SlotId[])[SlotId.A, SlotId.B])
        {
            if (record[slot] is { State: SlotState.Writing, Problem: null })
                record = record.With(
                    slot,
                    new SlotEntry(SlotState.Writing, "its install was interrupted: flash it again")
                );
        }
    }

    private void ThrowIfNoRoom(SlotManifest manifest, SlotId target)
    {
        var needed = manifest.Files.Sum(file => file.Bytes) + SlotLimits.SpareBytes;
        // What the target holds now is deleted first.
        var free = disk.FreeBytes(folder) + disk.BytesIn(FolderOf(folder, target));
        if (needed > free)
            throw new SlotException(
                $"'{manifest.ModelName}' needs {needed:N0} bytes with {SlotLimits.SpareBytes:N0} to spare, {folder} has {free:N0} free: make room or flash a smaller model"
            );
    }

    private void FailActive(string reason)
    {
        if (record.Active is not { } active)
            return;
        var other = active == SlotId.A ? SlotId.B : SlotId.A;
        var failed = record.With(active, new SlotEntry(SlotState.Bad, reason)) with { TrialStartsLeft = 0 };
        Save(record[other].State == SlotState.Good ? failed with { Active = other } : failed);
    }

    private void Save(SlotRecord next)
    {
        next = next with { Sequence = record.Sequence + 1 };
        SlotRecordFile.Write(folder, next, disk);
        record = next;
    }
}
