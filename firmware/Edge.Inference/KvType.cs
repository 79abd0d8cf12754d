namespace Edge.Inference;

/// <summary>How the key-value cache is stored.</summary>
public enum KvType
{
    /// <summary>As computed.</summary>
    F32,

    /// <summary>Rounded to fp16: half the memory, a little slower, results differ in the last digits.</summary>
    F16,
}
