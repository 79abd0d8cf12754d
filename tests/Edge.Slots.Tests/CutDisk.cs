using Edge.Slots.Disk;

namespace Edge.Slots.Tests;

internal sealed class PowerCutException : Exception;

/// <summary>
/// A disk in memory that loses power before a chosen operation. What a file held at its last fsync and the names a folder
/// had at its last fsync are sure to survive; of everything later, each file and folder keeps what the seed decides.
/// </summary>
internal sealed class CutDisk : ISlotDisk
{
    private readonly Dictionary<string, Folder> folders = [];

    /// <summary>Operations until the power goes; none when negative.</summary>
    public int OperationsLeft { get; set; } = -1;

    public int Operations { get; private set; }

    public CutDisk Copy()
    {
        var copy = new CutDisk();
        var files = new Dictionary<Node, Node>();
        Node CopyOf(Node node)
        {
            if (!files.TryGetValue(node, out var twin))
                files[node] = twin = new Node { Current = [.. node.Current], Durable = [.. node.Durable] };
            return twin;
        }
        foreach (var (path, folder) in folders)
        {
            copy.folders[path] = new Folder
            {
                Current = folder.Current.ToDictionary(file => file.Key, file => CopyOf(file.Value)),
                Durable = folder.Durable.ToDictionary(file => file.Key, file => CopyOf(file.Value)),
            };
        }
        return copy;
    }

    /// <summary>The disk after the power came back. Seed 0 loses all that was not made durable, seed 1 nothing.</summary>
    public CutDisk AfterCut(int seed)
    {
        var random = new Random(seed);
        int Pick(int choices) =>
            seed switch
            {
                0 => 0,
                1 => 1,
                _ => random.Next(choices),
            };
        var after = Copy();
        after.OperationsLeft = -1;
        foreach (var folder in after.folders.Values)
        {
            var names = Pick(2) == 0 ? folder.Durable : folder.Current;
            foreach (var node in names.Values)
            {
                if (!node.Durable.SequenceEqual(node.Current))
                    node.Current = Pick(3) switch
                    {
                        0 => [.. node.Durable],
                        1 => node.Current,
                        _ => Torn(node, random),
                    };
                node.Durable = [.. node.Current];
            }
            folder.Current = new(names);
            folder.Durable = new(names);
        }
        return after;
    }

    /// <summary>Part of what was written since the last fsync, never less than an append had made durable.</summary>
    private static List<byte> Torn(Node node, Random random)
    {
        var appended = node.Current.Take(node.Durable.Count).SequenceEqual(node.Durable);
        var least = appended ? node.Durable.Count : 0;
        return node.Current[..(least + random.Next(node.Current.Count - least + 1))];
    }

    public void CreateFolder(string path) => folders.TryAdd(path, new Folder());

    public bool Exists(string path) => NodeAt(path) is not null;

    public byte[] ReadAll(string path, long bytesMax) =>
        [.. (NodeAt(path) ?? throw new FileNotFoundException(path)).Current];

    public Stream OpenRead(string path) => new MemoryStream(ReadAll(path, long.MaxValue));

    public long Free { get; set; } = 1L << 40;

    public long FreeBytes(string folder) => Free;

    public long BytesIn(string folder) => folders[folder].Current.Values.Sum(node => node.Current.Count);

    public void DeleteFiles(string folder)
    {
        Operate();
        folders[folder].Current.Clear();
    }

    public ISlotDiskFile Create(string path)
    {
        Operate();
        var folder = folders[Path.GetDirectoryName(path)!];
        var name = Path.GetFileName(path);
        if (!folder.Current.TryGetValue(name, out var node))
            folder.Current[name] = node = new Node();
        node.Current = [];
        return new OpenFile(this, node);
    }

    public void Rename(string from, string to)
    {
        Operate();
        var folder = folders[Path.GetDirectoryName(from)!];
        folder.Current.Remove(Path.GetFileName(from), out var node);
        folder.Current[Path.GetFileName(to)] = node!;
    }

    public void FsyncFolder(string path)
    {
        Operate();
        folders[path].Durable = new(folders[path].Current);
    }

    private Node? NodeAt(string path) =>
        folders.TryGetValue(Path.GetDirectoryName(path)!, out var folder)
            ? folder.Current.GetValueOrDefault(Path.GetFileName(path))
            : null;

    private void Operate()
    {
        if (OperationsLeft == 0)
            throw new PowerCutException();
        OperationsLeft--;
        Operations++;
    }

    private sealed class Folder
    {
        public Dictionary<string, Node> Current { get; set; } = [];
        public Dictionary<string, Node> Durable { get; set; } = [];
    }

    private sealed class Node
    {
        public List<byte> Current { get; set; } = [];
        public List<byte> Durable { get; set; } = [];
    }

    private sealed class OpenFile(CutDisk disk, Node node) : ISlotDiskFile
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            disk.Operate();
            node.Current.AddRange(bytes);
        }

        public void Fsync()
        {
            disk.Operate();
            node.Durable = [.. node.Current];
        }

        public void Dispose() { }
    }
}
