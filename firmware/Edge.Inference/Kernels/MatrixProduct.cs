using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// One product, or a thread's part of it: Output[t, r] = sum over c of W[r, c] * X[t, c] for all tokens t.
/// </summary>
internal readonly unsafe struct ProductJob
{
    public required Matrix W { get; init; }

    public required Activations X { get; init; }

    /// <summary>1 exactly where <see cref="Activations.Lanes"/> is 1.</summary>
    public required int Tokens { get; init; }

    /// <summary>(tokens, OutputStride): row r of the matrix writes column r.</summary>
    public required float* Output { get; init; }

    public required int OutputStride { get; init; }

    /// <summary>(columns) floats of the calling thread's own.</summary>
    public required float* Scratch { get; init; }

    /// <summary>Blocks of 32 columns.</summary>
    public int Blocks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => W.Columns / 32;
    }

    /// <summary>Packed weights: the first block of a group of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Group(int group, int blockBytes = PackedWeights.BlockBytes) =>
        W.Data + ((long)group * Blocks * blockBytes);

    /// <summary>(columns) quantised activations of a token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public sbyte* TokenQuants(int token) => X.Quants + ((long)token * W.Columns);

    /// <summary>(Blocks) their scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* TokenScales(int token) => X.Scales + ((long)token * Blocks);

    /// <summary>(rows) where a token's results go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* TokenOutput(int token) => Output + ((long)token * OutputStride);
}

/// <summary>
/// Computes rows firstRow to endRow - 1 of a product; firstRow is a multiple of 16, and endRow too unless it is the last.
/// Every element is computed by the same instructions whatever the range and the number of tokens, so neither threads nor
/// prefill chunks change a bit.
/// </summary>
internal delegate void RowsProduct(in ProductJob job, int firstRow, int endRow);

/// <summary>Chooses the product for a storage type and an instruction set; once per matrix, outside the loops.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Whether products with this type read the quantised form of the activations.</summary>
    public static bool ReadsQuants(TensorType type) =>
        type is TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q8Planar or TensorType.Q8Packed or TensorType.Q4Packed;

    public static RowsProduct Choose(TensorType type, InstructionSet set) =>
        type switch
        {
            TensorType.F32 => FloatProduct.Choose<F32Row>(set),
            TensorType.F16 => FloatProduct.Choose<F16Row>(set),
            TensorType.BF16 => FloatProduct.Choose<BF16Row>(set),
            TensorType.Q8_0 => Quantised<Q8Blocks>(set),
            TensorType.Q4_0 => Quantised<Q4Blocks>(set),
            TensorType.Q8Planar => Quantised<PlanarBlocks>(set),
            TensorType.Q8Packed => Packed<Q8Packing, PackedAvx2, PackedWide<Avx512Ops, Vector512<byte>>>(set),
            TensorType.Q4Packed => Packed<Q4Packing, PackedQ4Avx2, PackedQ4Wide<Avx512Ops, Vector512<byte>>>(set),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no product for this tensor type"),
        };

    /// <summary>Writes one row of the matrix as fp32 (columns): the embedding look-up.</summary>
    public static void ReadRow(in Matrix w, int row, float* output)
    {
        switch (w.Type)
        {
            case TensorType.F32:
                Copy(F32Row.Load(w, row, output), output, w.Columns);
                break;
            case TensorType.F16:
                F16Row.Load(w, row, output);
                break;
            case TensorType.BF16:
                BF16Row.Load(w, row, output);
                break;
            case TensorType.Q8_0:
                Dequantize(Q8Blocks.Of(w, row), w.Columns, output);
                break;
            case TensorType.Q4_0:
                Dequantize(Q4Blocks.Of(w, row), w.Columns, output);
                break;
            case TensorType.Q8Packed:
            case TensorType.Q4Packed:
                PackedWeights.ReadRow(w, row, output);
                break;
            default:
                Dequantize(PlanarBlocks.Of(w, row), w.Columns, output);
                break;
        }
    }

    private static void Copy(float* source, float* target, int length) =>
        new ReadOnlySpan<float>(source, length).CopyTo(new Span<float>(target, length));

    private static void Dequantize<TBlocks>(TBlocks blocks, int columns, float* output)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        for (var c = 0; c < columns; c++)
            output[c] = blocks.Scale(c / 32) * blocks.At(c / 32, c % 32);
    }

    private static RowsProduct Quantised<TBlocks>(InstructionSet set)
        where TBlocks : struct, IWeightBlocks<TBlocks> =>
        set switch
        {
            InstructionSet.Avx2 or InstructionSet.Avx512 => QuantisedRows<Avx2Dot, TBlocks>,
            InstructionSet.AdvSimdDot => QuantisedRows<AdvSimdDotDot, TBlocks>,
            InstructionSet.Scalar => QuantisedRows<ScalarDot, TBlocks>,
            _ => QuantisedRows<Vector128Dot, TBlocks>,
        };

    /// <summary>Rows outside, tokens inside: a weight row is read from memory once and stays in the first cache.</summary>
    private static void QuantisedRows<TDot, TBlocks>(in ProductJob job, int firstRow, int endRow)
        where TDot : struct, IDot
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        var blocks = job.Blocks;
        for (var r = firstRow; r < endRow; r++)
        {
            var row = TBlocks.Of(job.W, r);
            for (var t = 0; t < job.Tokens; t++)
                job.TokenOutput(t)[r] = TDot.Quant(row, job.TokenQuants(t), job.TokenScales(t), blocks);
        }
    }

    private static RowsProduct Packed<TPacking, TAvx2, TAvx512>(InstructionSet set)
        where TPacking : struct, IPacking
        where TAvx2 : struct, IPackedBody
        where TAvx512 : struct, IPackedBody =>
        set switch
        {
            InstructionSet.Avx512 when Avx512BW.IsSupported => PackedX64.Rows<TAvx512>,
            InstructionSet.Avx2 or InstructionSet.Avx512 => PackedX64.Rows<TAvx2>,
            InstructionSet.AdvSimdDot => PackedAdvSimd.RowsDot<TPacking>,
            InstructionSet.AdvSimd => PackedAdvSimd.RowsPlain<TPacking>,
            InstructionSet.Scalar => PackedPortable.RowsScalar<TPacking>,
            _ => PackedPortable.RowsVector128<TPacking>,
        };
}
