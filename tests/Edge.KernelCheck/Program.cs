using Edge.Inference.Kernels;
using Edge.Inference.Tests.Kernels;

// Runs every kernel on every instruction set of this machine and compares with its scalar twin. stdout: how many checks
// passed and the instruction sets, narrowest first; stderr: what differed. Exit codes: 0 all passed, 1 a difference.
// Edge.KernelCheck SET... also fails unless exactly these sets were there; they are the names that it prints.

var sets = InstructionSets.Available.Select(set => set.ToString()).ToList();
var failed = 0;
foreach (var check in KernelCheck.All)
{
    try
    {
        if (check.Run() == 0)
            throw new KernelDifferenceException("nothing was compared");
    }
    catch (KernelDifferenceException difference)
    {
        failed++;
        Console.Error.WriteLine($"{check.Name}, {check.Set}: {difference.Message}");
    }
}
if (args.Length > 0 && !args.SequenceEqual(sets))
{
    failed++;
    Console.Error.WriteLine($"expected the instruction sets {string.Join(' ', args)}, found {string.Join(' ', sets)}");
}
if (failed > 0)
{
    Console.Error.WriteLine($"{failed} checks failed, {KernelCheck.All.Count} were made");
    return 1;
}
Console.WriteLine($"{KernelCheck.All.Count} checks passed: {string.Join(' ', sets)}");
return 0;
