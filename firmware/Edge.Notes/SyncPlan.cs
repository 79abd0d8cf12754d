using System.Text;

namespace Edge.Notes;

public enum SyncAction
{
    /// <summary>New or changed here only: copy here to there.</summary>
    CopyToThere = 1,

    /// <summary>New or changed there only: copy there to here.</summary>
    CopyToHere = 2,

    /// <summary>Different on both sides since the last common state: both texts stay on both sides, there's under
    /// <see cref="SyncStep.ConflictPath"/>.</summary>
    KeepBoth = 3,

    /// <summary>Gone here, still there and unchanged: nothing is deleted or copied back; reported.</summary>
    GoneHere = 4,

    /// <summary>Gone there, still here and unchanged: nothing is deleted or copied; reported.</summary>
    GoneThere = 5,
}

/// <param name="Path">The note.</param>
/// <param name="HereHash">Content here now, or null.</param>
/// <param name="ThereHash">Content there now, or null.</param>
/// <param name="ConflictPath">KeepBoth only: a free path on both sides that gets there's text.</param>
public sealed record SyncStep(
    SyncAction Action,
    string Path,
    string? HereHash,
    string? ThereHash,
    string? ConflictPath = null
);

/// <summary>
/// What to do so that two folders agree: a pure function of three listings (path to content hash). "Here" is the side
/// that plans. A change on one side and a deletion on the other keeps the change. Steps are in ordinal order of path.
/// The cases are the table of SYNC.md.
/// </summary>
public static class SyncPlanner
{
    /// <param name="lastCommon">Both sides as they were after the last sync; empty at the first.</param>
    public static IReadOnlyList<SyncStep> Plan(
        IReadOnlyDictionary<string, string> lastCommon,
        IReadOnlyDictionary<string, string> here,
        IReadOnlyDictionary<string, string> there
    )
    {
        ArgumentNullException.ThrowIfNull(lastCommon);
        ArgumentNullException.ThrowIfNull(here);
        ArgumentNullException.ThrowIfNull(there);

        var names = new ConflictNames(lastCommon, here, there);
        var steps = new List<SyncStep>();
        foreach (var path in here.Keys.Union(there.Keys).Order(StringComparer.Ordinal))
        {
            var h = here.GetValueOrDefault(path);
            var t = there.GetValueOrDefault(path);
            if (Decide(lastCommon.GetValueOrDefault(path), h, t) is not { } action)
                continue;
            if (action != SyncAction.KeepBoth)
                steps.Add(new SyncStep(action, path, h, t));
            else if (names.AlreadyKept(path, t!))
                steps.Add(new SyncStep(SyncAction.CopyToThere, path, h, t));
            else
                steps.Add(new SyncStep(action, path, h, t, names.Take(path, t!)));
        }
        return steps;
    }

    /// <summary>One path's case; null when there is nothing to do.</summary>
    private static SyncAction? Decide(string? common, string? here, string? there)
    {
        if (here == there)
            return null;
        if (here is null)
            return there == common ? SyncAction.GoneHere : SyncAction.CopyToHere;
        if (there is null)
            return here == common ? SyncAction.GoneThere : SyncAction.CopyToThere;
        if (there == common)
            return SyncAction.CopyToThere;
        return here == common ? SyncAction.CopyToHere : SyncAction.KeepBoth;
    }

    /// <summary>Gives there's text of a conflict a name that no side uses or has used, compared without case: one side's file system
    /// may not tell A.md from a.md.</summary>
    private sealed class ConflictNames(
        IReadOnlyDictionary<string, string> lastCommon,
        IReadOnlyDictionary<string, string> here,
        IReadOnlyDictionary<string, string> there
    )
    {
        private const int HashChars = 8;

        private readonly HashSet<string> taken = new(
            here.Keys.Concat(there.Keys).Concat(lastCommon.Keys),
            StringComparer.OrdinalIgnoreCase
        );

        /// <summary>
        /// True when an interrupted sync has already stored there's text under its conflict name: the rest of that
        /// sync is then two plain copies, and no second conflict note is made.
        /// </summary>
        public bool AlreadyKept(string path, string thereHash)
        {
            for (var attempt = 1; ; attempt++)
            {
                var candidate = Name(path, thereHash, attempt);
                if (!taken.Contains(candidate))
                    return false;
                if (WillBeOnBoth(candidate, thereHash))
                    return true;
            }
        }

        public string Take(string path, string thereHash)
        {
            for (var attempt = 1; ; attempt++)
            {
                var name = Name(path, thereHash, attempt);
                if (taken.Add(name))
                    return name;
            }
        }

        /// <summary>Both sides hold it, or one does and its own step copies it to the other.</summary>
        private bool WillBeOnBoth(string path, string hash)
        {
            var onHere = here.GetValueOrDefault(path);
            var onThere = there.GetValueOrDefault(path);
            return (onHere ?? onThere) == hash
                && (onHere == onThere || ((onHere is null || onThere is null) && !lastCommon.ContainsKey(path)));
        }

        /// <summary>"a/b.md" with hash 1a2b3c4d... is "a/b (conflict 1a2b3c4d).md"; the second attempt has " 2" after the
        /// hash. A name that would be too long for a path loses the end of its stem.</summary>
        private static string Name(string path, string hash, int attempt)
        {
            var folder = path[..(path.LastIndexOf('/') + 1)];
            var file = path[folder.Length..];
            var dot = file.LastIndexOf('.');
            var (stem, ending) = dot > 0 ? (file[..dot], file[dot..]) : (file, "");
            var number = attempt == 1 ? "" : $" {attempt}";
            var mark = $" (conflict {hash[..Math.Min(HashChars, hash.Length)]}{number}){ending}";
            var stemBytesMax = Math.Min(
                NotePath.PartBytesMax - Encoding.UTF8.GetByteCount(mark),
                NotePath.PathBytesMax - Encoding.UTF8.GetByteCount(folder + mark)
            );
            return folder + Cut(stem, stemBytesMax) + mark;
        }

        private static string Cut(string stem, int bytesMax)
        {
            var length = stem.Length;
            while (length > 1 && Encoding.UTF8.GetByteCount(stem.AsSpan(0, length)) > bytesMax)
                length -= char.IsLowSurrogate(stem[length - 1]) ? 2 : 1;
            return stem[..length];
        }
    }
}
