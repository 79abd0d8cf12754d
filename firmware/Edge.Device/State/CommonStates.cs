using System.Globalization;
using System.Text;
using Edge.Notes;

namespace Edge.Device.State;

/// <summary>
/// What a host folder and the device had in common after their last sync: path to content hash, one text file per
/// folder ("hash path" a line, a count at the end). A damaged one counts as none: the next sync then compares afresh,
/// which copies too much rather than too little.
/// </summary>
public sealed class CommonStates(DeviceFolder folder, Action<string> log)
{
    public const int VaultIdCharsMin = 16;
    public const int VaultIdCharsMax = 64;
    private const int HashChars = 64;

    public static bool IsVaultId(string id) =>
        id.Length is >= VaultIdCharsMin and <= VaultIdCharsMax && id.All(char.IsAsciiHexDigitLower);

    public IReadOnlyDictionary<string, string> Load(string vaultId)
    {
        var path = FileOf(vaultId);
        var state = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
            return state;
        var lines = File.ReadAllText(path, Encoding.UTF8).Split('\n');
        var whole = lines.Length >= 2 && lines[^1].Length == 0 && lines[^2] == EndLine(lines.Length - 2);
        for (var i = 0; whole && i < lines.Length - 2; i++)
        {
            var line = lines[i];
            whole =
                line.Length > HashChars + 1
                && line[HashChars] == ' '
                && NotePath.Problem(line[(HashChars + 1)..]) is null;
            if (whole)
                state[line[(HashChars + 1)..]] = line[..HashChars];
        }
        if (whole)
            return state;
        log($"{path} is damaged: the next sync of this folder compares afresh");
        return new Dictionary<string, string>(StringComparer.Ordinal);
    }

    public void Save(string vaultId, IReadOnlyDictionary<string, string> state)
    {
        var text = new StringBuilder();
        foreach (var (path, hash) in state.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            text.Append(hash).Append(' ').Append(path).Append('\n');
        text.Append(EndLine(state.Count)).Append('\n');
        DeviceFolder.Replace(FileOf(vaultId), Encoding.UTF8.GetBytes(text.ToString()));
    }

    private string FileOf(string vaultId) =>
        IsVaultId(vaultId)
            ? Path.Combine(folder.Sync, vaultId + ".txt")
            : throw new ArgumentException(
                $"a folder's id is {VaultIdCharsMin} to {VaultIdCharsMax} of 0-9 and a-f, got '{vaultId}'"
            );

    private static string EndLine(int count) => "end " + count.ToString(CultureInfo.InvariantCulture);
}
