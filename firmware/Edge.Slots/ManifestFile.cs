using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Slots.Disk;

namespace Edge.Slots;

/// <summary>manifest.json in a slot's folder: what was promised, written before the model's bytes.</summary>
internal static class ManifestFile
{
    private const string Name = "manifest.json";

    public static void Write(string slotFolder, SlotManifest manifest, ISlotDisk disk)
    {
        var path = Path.Combine(slotFolder, Name);
        using (var file = disk.Create(path + ".new"))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.SlotManifest));
            file.Fsync();
        }
        disk.Rename(path + ".new", path);
        disk.FsyncFolder(slotFolder);
    }

    /// <summary>Null when it is missing or damaged: the slot's state says what to think of it.</summary>
    public static SlotManifest? Read(string slotFolder, ISlotDisk disk)
    {
        var path = Path.Combine(slotFolder, Name);
        if (!disk.Exists(path))
            return null;
        try
        {
            var bytes = disk.ReadAll(path, SlotLimits.ManifestBytesMax);
            var manifest = JsonSerializer.Deserialize(bytes, ManifestJson.Default.SlotManifest);
            return manifest is not null && ManifestCheck.ProblemOf(manifest) is null ? manifest : null;
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SlotManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
