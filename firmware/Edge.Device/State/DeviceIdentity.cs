using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Device.State;

/// <summary>Who the device is: device.json.</summary>
/// <param name="Id">32 lower-case hexadecimal characters, made once from cryptographic randomness.</param>
/// <param name="Name">For people, 1 to 64 characters.</param>
public sealed record DeviceIdentity(string Id, string Name)
{
    public const int NameCharsMax = 64;
    private const int IdBytes = 16;
    private const string DefaultName = "Edge";

    /// <summary>Reads device.json or makes one; a damaged one is set aside and reported.</summary>
    /// <param name="name">A new name to keep, or null.</param>
    /// <exception cref="ArgumentException">The name is empty, too long or holds a control character.</exception>
    public static DeviceIdentity LoadOrCreate(DeviceFolder folder, string? name, Action<string> log)
    {
        if (name is not null && NameProblem(name) is { } problem)
            throw new ArgumentException(problem);
        var found = Load(folder.Identity, log);
        var wanted =
            found is null ? new DeviceIdentity(NewId(), name ?? DefaultName)
            : name is null ? found
            : found with { Name = name };
        if (wanted != found)
            DeviceFolder.Replace(
                folder.Identity,
                JsonSerializer.SerializeToUtf8Bytes(wanted, DeviceJson.Default.DeviceIdentity)
            );
        return wanted;
    }

    /// <summary>Null when the name is good, otherwise what is wrong with it.</summary>
    public static string? NameProblem(string name) =>
        name.Trim().Length == 0 || name.Length > NameCharsMax || name.Any(char.IsControl)
            ? $"a name has 1 to {NameCharsMax} printable characters, got '{name.ReplaceLineEndings(" ")}'"
            : null;

    private static DeviceIdentity? Load(string path, Action<string> log)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var found = JsonSerializer.Deserialize(File.ReadAllBytes(path), DeviceJson.Default.DeviceIdentity);
            if (
                found is { Id.Length: IdBytes * 2, Name.Length: >= 1 and <= NameCharsMax }
                && found.Id.All(char.IsAsciiHexDigitLower)
            )
                return found;
        }
        catch (JsonException)
        {
            // Set aside below.
        }
        var aside = path + ".damaged";
        File.Move(path, aside, overwrite: true);
        log($"{path} was damaged: kept as {aside}, the device gets a new id");
        return null;
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DeviceIdentity))]
internal sealed partial class DeviceJson : JsonSerializerContext;
