namespace Edge.Inference;

/// <summary>
/// Guesses the next tokens of a text that repeats itself: it looks for the last place where the newest tokens stood before
/// and proposes what came after them ("prompt lookup"). A guess costs nothing but the check, which is one pass over several
/// tokens; wrong guesses make it guess less.
/// </summary>
internal sealed class PromptLookup
{
    /// <summary>Tokens that must agree, longest first.</summary>
    private const int MatchMax = 4,
        MatchMin = 2;

    /// <summary>Guesses of one pass: with the token before them they fill a tile, and two.</summary>
    private const int Short = 3,
        Long = InferenceState.LogitRows - 1;

    private const int PauseMax = 64;

    private readonly int[] _tokens;
    private readonly int[] _draft = new int[Long];
    private int _count;
    private int _length = Short;
    private int _pause;
    private int _nextPause = 1;

    /// <param name="capacity">Tokens that will be added at most.</param>
    public PromptLookup(int capacity) => _tokens = new int[capacity];

    /// <summary>Every token of the text, prompt first.</summary>
    public void Add(int token) => _tokens[_count++] = token;

    /// <summary>What may come next, at most <paramref name="most"/> tokens; empty without an idea. Valid until the next
    /// call.</summary>
    public ReadOnlySpan<int> Guess(int most)
    {
        if (_pause > 0)
        {
            _pause--;
            return [];
        }
        most = Math.Min(most, _length);
        var text = _tokens.AsSpan(0, _count);
        for (var match = MatchMax; match >= MatchMin && most > 0; match--)
        {
            if (_count <= match)
                continue;
            var at = text[..^1].LastIndexOf(text[^match..]);
            if (at < 0)
                continue;
            var found = text.Slice(at + match, Math.Min(most, _count - at - match));
            found.CopyTo(_draft);
            return _draft.AsSpan(0, found.Length);
        }
        return [];
    }

    /// <summary>How many of the guessed tokens were right.</summary>
    public void Learn(int guessed, int right)
    {
        if (right == guessed)
        {
            (_length, _nextPause) = (Long, 1);
            return;
        }
        _length = Short;
        if (right > 0)
            return;
        _pause = _nextPause;
        _nextPause = Math.Min(2 * _nextPause, PauseMax);
    }
}
