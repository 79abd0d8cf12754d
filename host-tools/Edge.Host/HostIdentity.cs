using System.Security.Cryptography;
using System.Text;

namespace Edge.Host;

/// <summary>Who this computer is for devices: a random id, made once, and the computer's name.</summary>
/// <param name="Id">32 lower-case hexadecimal characters.</param>
public sealed record HostIdentity(string Id, string Name)
{
    private const int IdBytes = 16;
    private const int NameCharsMax = 64;

    /// <summary>$XDG_CONFIG_HOME/edge, or ~/.config/edge.</summary>
    public static string DefaultFolder() =>
        Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.ApplicationData,
                Environment.SpecialFolderOption.DoNotVerify
            ),
            "edge"
        );

    /// <summary>Reads host-id in the folder or makes it. A damaged one is made anew: the next sync compares afresh.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static HostIdentity LoadOrCreate(string folder)
    {
        var path = Path.Combine(folder, "host-id");
        var id = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        if (id.Length != IdBytes * 2 || !id.All(char.IsAsciiHexDigitLower))
        {
            id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
            Directory.CreateDirectory(folder);
            File.WriteAllText(path + ".new", id + "\n");
            File.Move(path + ".new", path, overwrite: true);
        }
        return new HostIdentity(id, MachineName());
    }

    /// <summary>What the device calls a folder of this computer: the same folder always has the same id.</summary>
    public string VaultIdOf(string folder)
    {
        var text = Id + "\n" + Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..(IdBytes * 2)];
    }

    private static string MachineName()
    {
        var name = string.Concat(Environment.MachineName.Where(c => !char.IsControl(c)));
        return name.Length is >= 1 and <= NameCharsMax ? name : "computer";
    }
}
