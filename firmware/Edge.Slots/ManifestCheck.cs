namespace Edge.Slots;

/// <summary>Whether a manifest makes sense, before anything is written.</summary>
internal static class ManifestCheck
{
    /// <exception cref="SlotException">The message names the member.</exception>
    public static void ThrowIfWrong(SlotManifest manifest)
    {
        if (ProblemOf(manifest) is { } problem)
            throw new SlotException($"the manifest of the model is wrong: {problem}");
    }

    public static string? ProblemOf(SlotManifest manifest)
    {
        if (manifest.ModelName is null || manifest.ModelName.Length is 0 or > SlotLimits.ModelNameCharsMax)
            return $"the name must have 1 to {SlotLimits.ModelNameCharsMax} characters, it has {manifest.ModelName?.Length ?? 0}";
        if (manifest.ModelName.Any(char.IsControl))
            return "the name has control characters";
        if (manifest.Files is null || manifest.Files.Count is 0 || manifest.Files[0].Name != SlotLimits.ModelFileName)
            return $"the first file must be '{SlotLimits.ModelFileName}'";
        if (manifest.Files.Count > SlotLimits.FileNames.Count)
            return $"{manifest.Files.Count} files, at most {SlotLimits.FileNames.Count}";
        var known = SlotLimits.FileNames.ToList();
        for (var i = 0; i < manifest.Files.Count; i++)
        {
            var file = manifest.Files[i];
            var at = known.IndexOf(file.Name);
            if (at < 0)
                return $"file {i + 1} must be {(known.Count == 0 ? "none" : $"'{string.Join("' or '", known)}'")}, it is '{file.Name}'";
            known.RemoveRange(0, at + 1);
            if (file.Bytes is <= 0 or > SlotLimits.FileBytesMax)
                return $"'{file.Name}' must have 1 to {SlotLimits.FileBytesMax:N0} bytes, it says {file.Bytes:N0}";
            if (file.Sha256 is not { Length: 64 } || !file.Sha256.All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f'))
                return $"'{file.Name}' needs a SHA-256 of 64 lower-case hexadecimal characters, got '{file.Sha256}'";
        }
        if (manifest.ProbeTokens is null || manifest.ProbeTokens.Count is 0 or > SlotLimits.ProbeTokensMax)
            return $"1 to {SlotLimits.ProbeTokensMax} probe tokens are needed, got {manifest.ProbeTokens?.Count ?? 0}";
        if (manifest.ProbeTokens.Any(token => token < 0))
            return "a probe token is negative";
        if (manifest.ProbeLogits is null || manifest.ProbeLogits.Count > SlotLimits.ProbeLogitsMax)
            return $"at most {SlotLimits.ProbeLogitsMax:N0} probe logits, got {manifest.ProbeLogits?.Count ?? 0:N0}";
        return manifest.ProbeLogits.All(float.IsFinite) ? null : "a probe logit is not finite";
    }
}
