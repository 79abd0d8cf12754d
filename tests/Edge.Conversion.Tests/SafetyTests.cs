using System.Diagnostics;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Conversion.Tests;

/// <summary>A conversion leaves a whole file or none, and never takes away what it reads.</summary>
public sealed class SafetyTests
{
    [Fact]
    public void The_source_is_never_overwritten_by_itself_under_whatever_name()
    {
        using var temp = new TempFolder();
        new TestLlama().WriteGguf(temp["m.gguf"]);
        File.CreateSymbolicLink(temp["link.gguf"], temp["m.gguf"]);
        Directory.CreateDirectory(temp["d"]);
        var before = File.ReadAllBytes(temp["m.gguf"]);
        foreach (var name in (string[])["m.gguf", "link.gguf", "d/../m.gguf"])
        {
            var refusal = Assert.Throws<ArgumentException>(() =>
                ModelConverter.Convert(temp["m.gguf"], temp[name], new() { Type = TensorType.Q8_0 })
            );
            Assert.Contains(
                "is the model to convert: name another file to write",
                refusal.Message,
                StringComparison.Ordinal
            );
        }
        File.Move(temp["m.gguf"], temp["n.gguf.partial"]);
        Assert.Throws<ArgumentException>(() => ModelConverter.Convert(temp["n.gguf.partial"], temp["n.gguf"], new()));
        Assert.Equal(before, File.ReadAllBytes(temp["n.gguf.partial"]));
    }

    [Fact]
    public void A_file_of_the_folder_that_is_read_is_never_overwritten()
    {
        using var temp = new TempFolder();
        HuggingFaceFolder.Write(new TestLlama(), temp["hf"]);
        File.WriteAllText(Path.Combine(temp["hf"], "mine.gguf"), "mine");
        var refusal = Assert.Throws<ArgumentException>(() =>
            ModelConverter.Convert(temp["hf"], Path.Combine(temp["hf"], "mine.gguf"), new())
        );
        Assert.Contains("is part of the model to convert", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(temp["hf"], "mine.gguf")));
    }

    [Theory]
    [InlineData("out.txt")]
    [InlineData("out")]
    [InlineData("out.safetensors")]
    public void An_ending_that_nobody_writes_is_refused_before_anything_is_read(string name)
    {
        var refusal = Assert.Throws<ArgumentException>(() => ModelConverter.Convert("absent", name, new()));
        Assert.StartsWith(
            $"{name}: the format to write is told by the ending",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_type_that_is_none_to_convert_to_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ConversionOptions { Type = TensorType.Q8Planar });

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        using var temp = new TempFolder();
        new TestLlama().WriteGguf(temp["m.gguf"]);
        var trouble = Assert.Throws<IOException>(() =>
            ModelConverter.Convert(temp["m.gguf"], temp["no/n.gguf"], new())
        );
        Assert.Contains("there is no such folder", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_leaves_nothing_and_the_file_that_was_there()
    {
        using var temp = new TempFolder();
        new TestLlama { Layers = 4 }.WriteGguf(temp["m.gguf"]);
        Directory.CreateDirectory(temp["small"]);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=64k", "edge-test", temp["small"]) == 0,
            "needs Linux and the right to mount"
        );
        try
        {
            foreach (var name in (string[])["n.gguf", "n.bin"])
            {
                var file = Path.Combine(temp["small"], name);
                File.WriteAllText(file, "before");
                var trouble = Assert.Throws<IOException>(() => ModelConverter.Convert(temp["m.gguf"], file, new()));
                Assert.DoesNotContain('\n', trouble.Message);
                Assert.Equal("before", File.ReadAllText(file));
                Assert.Equal([name], Directory.GetFiles(temp["small"]).Select(Path.GetFileName));
                File.Delete(file);
            }
        }
        finally
        {
            Run("umount", "-l", temp["small"]);
        }
    }

    [Fact]
    public void Stopping_it_leaves_nothing()
    {
        using var temp = new TempFolder();
        new TestLlama().WriteGguf(temp["m.gguf"]);
        using var stop = new CancellationTokenSource();
        var seen = new List<ConversionProgress>();
        var progress = new Watcher(at =>
        {
            seen.Add(at);
            if (seen.Count == 5)
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            ModelConverter.Convert(temp["m.gguf"], temp["n.gguf"], new(), progress, stop.Token)
        );
        Assert.Equal(["m.gguf"], Directory.GetFiles(temp.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("n.gguf")]
    [InlineData("n.bin")]
    public void A_model_passes_through_without_being_held(string name)
    {
        using var temp = new TempFolder();
        var model = new TestLlama
        {
            Dim = 512,
            Hidden = 2048,
            Heads = 8,
            KvHeads = 8,
            HeadDim = 64,
        };
        model.WriteGguf(temp["m.gguf"]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ModelConverter.Convert(temp["m.gguf"], temp[name], new() { Type = TensorType.Q8_0 });
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(new FileInfo(temp["m.gguf"]).Length > 34_000_000);
        Assert.InRange(allocated, 0, 16_000_000);
    }

    [Fact]
    public void Progress_ends_at_its_total()
    {
        using var temp = new TempFolder();
        new TestLlama().WriteGguf(temp["m.gguf"]);
        foreach (var name in (string[])["n.gguf", "n.bin"])
        {
            var last = default(ConversionProgress);
            ModelConverter.Convert(temp["m.gguf"], temp[name], new(), new Watcher(at => last = at));
            Assert.Equal(last.Total, last.Done);
        }
    }

    [Fact]
    public void Another_models_tokenizer_in_the_folder_stays()
    {
        using var temp = new TempFolder();
        new TestLlama().WriteGguf(temp["m.gguf"]);
        File.WriteAllText(temp["tokenizer.bin"], "another");
        var trouble = Assert.Throws<IOException>(() => ModelConverter.Convert(temp["m.gguf"], temp["n.bin"], new()));
        Assert.Contains("is another tokenizer than this model's", trouble.Message, StringComparison.Ordinal);
        Assert.Equal("another", File.ReadAllText(temp["tokenizer.bin"]));
        Assert.False(File.Exists(temp["n.bin"]));
    }

    [Fact]
    public void What_llama2c_would_compute_in_another_way_is_refused()
    {
        Refused(
            new TestLlama { Theta = 500000 },
            "m.gguf: its rotation has the base 500,000, and llama2.c always takes 10,000."
        );
        Refused(new TestLlama { Epsilon = 1e-6f }, "m.gguf: its norms add 1E-06, and llama2.c always adds 1E-05.");
        Refused(new TestLlama { LinearScaling = 2 }, "m.gguf: its rotation is scaled, which llama2.c does not do.");
        Refused(
            new TestLlama { HeadDim = 32 },
            "m.gguf: 4 heads of 32, of which 32 rotate, are not the whole width of 64"
        );
        Refused(
            new TestLlama { Hidden = 90 },
            "m.gguf: tensor blk.0.ffn_down.weight has 90 columns, and int8 of llama2.c needs a multiple of 32.",
            TensorType.Q8_0
        );

        static void Refused(TestLlama model, string message, TensorType? type = null)
        {
            using var temp = new TempFolder();
            model.WriteGguf(temp["m.gguf"]);
            var refusal = Assert.Throws<ModelFormatException>(() =>
                ModelConverter.Convert(temp["m.gguf"], temp["n.bin"], new() { Type = type })
            );
            Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(temp.Path));
        }
    }

    [Fact]
    public void A_tokenizer_that_llama2c_cannot_say_is_left_out_with_a_note()
    {
        using var temp = new TempFolder();
        var small = TestVocabulary.Small;
        int[] types = [.. small.Types];
        types[^1] = 3; // A control token of its own: text could write it in a llama2.c file.
        new TestLlama { Vocabulary = small with { Types = types } }.WriteGguf(temp["m.gguf"]);
        var report = ModelConverter.Convert(temp["m.gguf"], temp["n.bin"], new());
        Assert.StartsWith(
            "no tokenizer.bin was written: token 308",
            Assert.Single(report.Notes),
            StringComparison.Ordinal
        );
        Assert.Null(report.TokenizerPath);
        Assert.Equal(TestLlama.Logits(temp["m.gguf"]), TestLlama.Logits(temp["n.bin"], temp["m.gguf"]));
    }

    [Fact]
    public void Weights_that_are_not_numbers_or_do_not_fit_the_type_are_refused()
    {
        using var temp = new TempFolder();
        Refused(float.NaN, TensorType.F32, "tensor blk.0.attn_q.weight: row 3 has a number that is not finite");
        Refused(float.PositiveInfinity, TensorType.Q8_0, "tensor blk.0.attn_q.weight: row 3 has a number that is not");
        Refused(1e6f, TensorType.F16, "tensor blk.0.attn_q.weight: row 3 has a number too large for F16.");
        Refused(1e8f, TensorType.Q8_0, "tensor blk.0.attn_q.weight: row 3 has a number too large for a scale in F16.");
        Refused(1e8f, TensorType.Q4_0, "tensor blk.0.attn_q.weight: row 3 has a number too large for a scale in F16.");

        void Refused(float value, TensorType type, string message)
        {
            new TestLlama().WriteGguf(temp["m.gguf"]);
            var bytes = File.ReadAllBytes(temp["m.gguf"]);
            var at = (int)MiniGguf.Read(temp["m.gguf"]).Tensors["blk.0.attn_q.weight"].Offset + (4 * ((3 * 64) + 5));
            BitConverter.GetBytes(value).CopyTo(bytes, at);
            File.WriteAllBytes(temp["m.gguf"], bytes);
            var refusal = Assert.Throws<ModelFormatException>(() =>
                ModelConverter.Convert(temp["m.gguf"], temp["n.gguf"], new() { Type = type })
            );
            Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(temp.Path));
        }
    }

    [Fact]
    public void Pickles_are_refused_by_name()
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["pytorch_model.bin"], [0x50, 0x4B, 3, 4, .. new byte[100]]);
        File.WriteAllBytes(temp["old.bin"], [0x80, 2, 0x8A, 10, .. new byte[100]]);
        File.WriteAllBytes(temp["x.pt"], new byte[100]);
        foreach (var name in (string[])["pytorch_model.bin", "old.bin", "x.pt"])
        {
            var refusal = Assert.Throws<ModelFormatException>(() =>
                ModelConverter.Convert(temp[name], temp["n.gguf"], new())
            );
            Assert.StartsWith($"{name}: is a pickle, as PyTorch writes it", refusal.Message, StringComparison.Ordinal);
        }
        HuggingFaceFolder.Write(new TestLlama(), temp["hf"]);
        File.Delete(Path.Combine(temp["hf"], "model.safetensors"));
        File.Move(temp["pytorch_model.bin"], Path.Combine(temp["hf"], "pytorch_model.bin"));
        var inFolder = Assert.Throws<ModelFormatException>(() =>
            ModelConverter.Convert(temp["hf"], temp["n.gguf"], new())
        );
        Assert.StartsWith("hf: pytorch_model.bin is a pickle", inFolder.Message, StringComparison.Ordinal);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private sealed class Watcher(Action<ConversionProgress> see) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => see(value);
    }
}
