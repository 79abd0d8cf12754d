using Edge.Inference.Tokenizers;
using Edge.TestKit;
using Edge.Training.Tokenizing;

namespace Edge.Training.Tests.Tokenizing;

/// <summary>A folder with a corpus in it, and what is trained on it.</summary>
internal sealed class TokenizerWorkplace : IDisposable
{
    private readonly TempFolder folder = new();

    public string this[string name] => folder[name];

    public string Corpus(string text, string name = "corpus.txt")
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }

    public static TrainedBytePairs Train(
        string corpus,
        int merges,
        SplitPattern pattern = SplitPattern.Gpt2,
        int threads = 1,
        params string[] special
    ) => Train([corpus], merges, pattern, threads, special);

    public static TrainedBytePairs Train(
        IReadOnlyList<string> corpus,
        int merges,
        SplitPattern pattern = SplitPattern.Gpt2,
        int threads = 1,
        params string[] special
    ) =>
        BytePairTrainer.Train(
            corpus,
            new BytePairOptions
            {
                VocabSize = 256 + special.Length + merges,
                Pattern = pattern,
                Threads = threads,
                Special = special,
            },
            TimeProvider.System
        );

    /// <summary>The merges in the numbers of a vocabulary without special tokens.</summary>
    public static List<(int Left, int Right, long Times)> Merges(BytePairVocabulary vocabulary)
    {
        var first = vocabulary.Count - vocabulary.Merges - 256;
        return
        [
            .. vocabulary
                .Tokens.Where(token => token.Left >= 0)
                .Select(token => (token.Left - first, token.Right - first, token.Times)),
        ];
    }

    public Tokenizer SaveAndOpen(BytePairVocabulary vocabulary, string name = "tok.gguf")
    {
        BytePairFile.Save(vocabulary, folder[name]);
        return TokenizerFile.Open(folder[name]);
    }

    public void Dispose() => folder.Dispose();
}
