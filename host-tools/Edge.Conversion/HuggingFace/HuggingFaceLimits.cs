namespace Edge.Conversion.HuggingFace;

/// <summary>What the files of a Hugging Face folder may at most hold; one beyond is refused by its name.</summary>
internal static class HuggingFaceLimits
{
    /// <summary>Of config.json and its like.</summary>
    public const int SettingsBytesMax = 16 << 20;

    /// <summary>Of tokenizer.json, tokenizer.model and the index of the parts.</summary>
    public const int VocabularyBytesMax = 256 << 20;

    /// <summary>Of the JSON at the head of a safetensors file.</summary>
    public const int HeaderBytesMax = 100_000_000;

    public const int TensorsMax = 65_536;

    public const int DimensionsMax = 8;

    /// <summary>Elements of one tensor: its bytes still fit 64 bits with room to spare.</summary>
    public const long TensorElementsMax = 1L << 40;

    /// <summary>Files that one model may be spread over.</summary>
    public const int PartsMax = 1_024;

    public const int TensorNameCharsMax = 1_024;

    /// <summary>Of a token whose merges are followed one by one: the work grows with the square.</summary>
    public const int FollowedTokenCharsMax = 512;
}
