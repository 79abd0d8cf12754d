using System.Text;
using Edge.Inference.Tokenizers;

namespace Edge.Inference;

/// <summary>The text side of one generation, whatever engine computes the logits: logits in, tokens and text out.</summary>
internal sealed class TextRun
{
    private readonly Tokenizer _tokenizer;
    private readonly GenerationOptions _options;
    private readonly Action<string>? _onText;
    private readonly Sampler _sampler;
    private readonly Utf8Streamer _utf8 = new();
    private readonly StopStringFilter _stops;
    private readonly StringBuilder _text = new();
    private readonly List<int> _tokens;
    private bool _dropSpace;

    public TextRun(Tokenizer tokenizer, GenerationOptions options, Action<string>? onText, ReadOnlySpan<int> prompt)
    {
        _tokenizer = tokenizer;
        _options = options;
        _onText = onText;
        _sampler = new Sampler(options.Sampling, tokenizer.VocabSize);
        _stops = new StopStringFilter(options.StopStrings);
        _tokens = new List<int>(Math.Min(options.MaxTokens, 4096));
        _dropSpace = prompt.Length == 1 && prompt[0] == tokenizer.BosId;
        foreach (var token in prompt)
            _sampler.Accept(token);
    }

    /// <summary>The token to feed next.</summary>
    public int Last { get; private set; }

    /// <summary>No further token is wanted.</summary>
    public bool IsFull => _tokens.Count >= _options.MaxTokens;

    /// <summary>Takes the next token; not null when it was the end.</summary>
    public FinishReason? Finished(ReadOnlySpan<float> logits)
    {
        if (IsFull)
            return FinishReason.MaxTokens;
        var token = _sampler.Sample(logits);
        if (_tokenizer.IsEnd(token) || token == _tokenizer.BosId)
            return FinishReason.Stop;
        _sampler.Accept(token);
        Last = token;
        _tokens.Add(token);
        Emit(_stops.Push(_utf8.Push(Bytes(token))));
        return _stops.Stopped ? FinishReason.Stop : null;
    }

    public GenerationResult Result(FinishReason finish, double prefillMs, double decodeMs)
    {
        Emit(_stops.Push(_utf8.Flush()));
        Emit(_stops.Flush());
        return new GenerationResult(_text.ToString(), _tokens, finish, prefillMs, decodeMs);
    }

    /// <summary>A text that starts right after BOS has no space before its first word, whatever the vocabulary
    /// writes.</summary>
    private ReadOnlySpan<byte> Bytes(int token)
    {
        var bytes = _tokenizer.TokenBytes(token);
        if (_dropSpace && _tokenizer.AddsSpacePrefix && bytes is [(byte)' ', ..])
            bytes = bytes[1..];
        _dropSpace = false;
        return bytes;
    }

    private void Emit(string text)
    {
        if (text.Length == 0)
            return;
        _text.Append(text);
        _onText?.Invoke(text);
    }
}
