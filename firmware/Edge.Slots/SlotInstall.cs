using System.Security.Cryptography;
using Edge.Slots.Disk;

namespace Edge.Slots;

/// <summary>One install in progress. Disposing it unfinished leaves the slot marked as not usable.</summary>
public sealed class SlotInstall : IDisposable
{
    private readonly SlotStore store;
    private readonly ISlotDisk disk;
    private readonly string folder;
    private readonly SlotManifest manifest;
    private ISlotDiskFile? file;
    private int fileIndex;
    private long fileBytes;
    private bool ended;

    internal SlotInstall(SlotStore store, ISlotDisk disk, SlotId slot, string folder, SlotManifest manifest)
    {
        (this.store, this.disk, Slot, this.folder, this.manifest) = (store, disk, slot, folder, manifest);
    }

    public SlotId Slot { get; }

    /// <summary>What the self-test found, for people; null before <see cref="Finish"/>.</summary>
    public string? SelfTestResult { get; private set; }

    /// <summary>Appends bytes of a file; files come in the manifest's order, each whole.</summary>
    /// <exception cref="SlotException">Another file is due, it gets longer than the manifest says, or the disk fails (full).</exception>
    public void Write(string fileName, ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (fileIndex == manifest.Files.Count || manifest.Files[fileIndex].Name != fileName)
            throw Wrong(
                $"got bytes of '{fileName}', expected {(fileIndex == manifest.Files.Count ? "no more" : $"'{manifest.Files[fileIndex].Name}'")}"
            );
        var due = manifest.Files[fileIndex].Bytes;
        if (bytes.Length > due - fileBytes)
            throw Wrong($"'{fileName}' has {due:N0} bytes in the manifest, got {fileBytes + bytes.Length:N0}");
        try
        {
            if (file is null)
            {
                if (fileIndex == 0)
                    ManifestFile.Write(folder, manifest, disk);
                file = disk.Create(Path.Combine(folder, fileName));
            }
            file.Write(bytes);
            fileBytes += bytes.Length;
            if (fileBytes < due)
                return;
            file.Fsync();
            file.Dispose();
            (file, fileBytes) = (null, 0);
            fileIndex++;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"writing '{fileName}' failed: {failed.Message}", failed);
        }
    }

    /// <summary>Flushes to disk, reads everything back, compares hashes, runs the self-test, switches. Only then is the new
    /// model active.</summary>
    /// <exception cref="SlotException">Something did not hold; the old model is still active.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the switch; the old model is still active.</exception>
    public SlotInfo Finish(IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (fileIndex < manifest.Files.Count)
            throw Wrong(
                $"'{manifest.Files[fileIndex].Name}' has {manifest.Files[fileIndex].Bytes:N0} bytes, only {fileBytes:N0} came"
            );
        try
        {
            disk.FsyncFolder(folder);
            progress?.Report("reading back");
            foreach (var expected in manifest.Files)
                Verify(expected, cancellation);
            var whyFallback = SelfTest(progress, cancellation);
            cancellation.ThrowIfCancellationRequested();
            progress?.Report("switching");
            var info = store.Switch(Slot, whyFallback);
            ended = true;
            return info;
        }
        catch (SlotException wrong)
        {
            End(SlotState.Bad, wrong.Message);
            throw;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"reading back failed: {failed.Message}", failed);
        }
        catch (OperationCanceledException)
        {
            End(SlotState.Writing, "its install was cancelled: flash it again");
            throw;
        }
    }

    public void Dispose() => End(SlotState.Writing, "its install was not finished: flash it again");

    private void Verify(SlotFile expected, CancellationToken cancellation)
    {
        using var stream = disk.OpenRead(Path.Combine(folder, expected.Name));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long total = 0;
        for (int read; (read = stream.Read(buffer)) > 0; total += read)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }
        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (total != expected.Bytes || found != expected.Sha256)
            throw new SlotException(
                $"slot {SlotStore.NameOf(Slot)}: '{expected.Name}' reads back as {total:N0} bytes with SHA-256 {found}, expected {expected.Bytes:N0} bytes with {expected.Sha256}: flash it again"
            );
    }

    /// <summary>Tries the model, and its fallback where there is one: that must work whether it is needed now or not.</summary>
    /// <returns>Why the fallback must be used, or null when the model works.</returns>
    private string? SelfTest(IProgress<string>? progress, CancellationToken cancellation)
    {
        progress?.Report("self-test");
        string? problem = null;
        var hasFallback = manifest.Files.Any(file => file.Name == SlotLimits.FallbackFileName);
        try
        {
            SelfTestResult = store.RunSelfTest(Slot, SlotLimits.ModelFileName, manifest, cancellation);
        }
        catch (SlotException failed) when (hasFallback)
        {
            problem = failed.Message;
        }
        if (!hasFallback)
            return null;
        progress?.Report("self-test of the fallback");
        try
        {
            var found = store.RunSelfTest(Slot, SlotLimits.FallbackFileName, manifest, cancellation);
            SelfTestResult = problem is null ? SelfTestResult : found;
            return problem;
        }
        catch (SlotException failed)
        {
            throw new SlotException(
                problem is null
                    ? $"its fallback does not work ({failed.Message}): flash without it, or export it again"
                    : $"{problem}; its fallback does not work either ({failed.Message})",
                failed
            );
        }
    }

    private SlotException Wrong(string what, Exception? cause = null)
    {
        var message = $"slot {SlotStore.NameOf(Slot)}: {what}";
        End(SlotState.Bad, message);
        return new SlotException(message, cause);
    }

    private void End(SlotState state, string reason)
    {
        if (ended)
            return;
        ended = true;
        file?.Dispose();
        store.Abandon(Slot, state, reason);
    }
}
