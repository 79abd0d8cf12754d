using System.Text.Json.Nodes;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Conversion.Tests;

/// <summary>The drawers of broken tokenizer.json and tokenizer.model files.</summary>
public sealed class BrokenTokenizerTests
{
    private static readonly Dictionary<string, (Action<JsonObject> Break, string Message)> Json = new()
    {
        ["no model"] = (j => j.Remove("model"), "t.json: model is missing."),
        ["unigram"] = (j => j["model"]!["type"] = "Unigram", "t.json: model is of type Unigram; Edge knows BPE."),
        ["no vocab"] = (j => Model(j).Remove("vocab"), "t.json: model.vocab is missing."),
        ["vocab as a list"] = (
            j => j["model"]!["vocab"] = new JsonArray(),
            "t.json: model.vocab must be an object, found array."
        ),
        ["no merges"] = (j => Model(j).Remove("merges"), "t.json: model.merges is missing."),
        ["dropout"] = (j => j["model"]!["dropout"] = 0.1, "t.json: model.dropout is set"),
        ["suffix"] = (
            j => j["model"]!["end_of_word_suffix"] = "</w>",
            "t.json: model has the end_of_word_suffix </w>; Edge knows none."
        ),
        ["id as text"] = (
            j => j["model"]!["vocab"]!["ab"] = "7",
            "t.json: model.vocab[\"ab\"] must be a whole number, found string."
        ),
        ["negative id"] = (
            j => j["model"]!["vocab"]!["x"] = -1,
            "t.json: model.vocab[\"x\"] must be 0 to 1,048,575, found -1."
        ),
        ["id beyond the model"] = (
            j => j["model"]!["vocab"]!["x"] = 5000,
            "t.json: token x has the id 5,000, but the model has rows for 309 tokens"
        ),
        ["two of one id"] = (j => j["model"]!["vocab"]!["x"] = 5, "t.json: tokens <0x02> and x have the same id, 5."),
        ["added token of another name"] = (
            j => j["added_tokens"]![0]!["content"] = "<other>",
            "t.json: token 0 is <unk> in one place and <other> in another."
        ),
        ["added token without an id"] = (
            j => j["added_tokens"]![0]!.AsObject().Remove("id"),
            "t.json: added_tokens[0].id is missing."
        ),
        ["merge of three"] = (j => Merges(j)[0] = "a b c", "t.json: model.merges[0] is not two tokens."),
        ["merge of one"] = (j => Merges(j)[0] = "ab", "t.json: model.merges[0] is not two tokens."),
        ["merge of nothing"] = (
            j => Merges(j)[0] = new JsonArray("a", ""),
            "t.json: model.merges[0] is not two tokens."
        ),
        ["merge of a number"] = (j => Merges(j)[0] = 5, "t.json: model.merges[0] must be an array, found number."),
        ["merge of unknown tokens"] = (
            j => Merges(j)[0] = "a zz",
            "t.json: model.merges[0] needs the token zz, which is not in the vocabulary."
        ),
        ["no byte fallback"] = (
            j => j["model"]!["byte_fallback"] = false,
            "t.json: is neither a byte-level vocabulary nor one with byte_fallback"
        ),
        ["a normaliser"] = (
            j => j["normalizer"] = JsonNode.Parse("""{"type":"NFKC"}"""),
            "t.json: normalizer changes the text first (NFKC); Edge only writes spaces as ▁."
        ),
        ["spaces as they are"] = (j => j["normalizer"] = null, "t.json: does not write spaces as ▁"),
        ["another splitting"] = (
            j => j["pre_tokenizer"] = JsonNode.Parse("""{"type":"Whitespace"}"""),
            "t.json: pre_tokenizer splits text in a way that Edge does not know (Whitespace)."
        ),
        ["merges out of order"] = (
            j =>
            {
                var merges = Merges(j);
                var last = merges[^1]!.GetValue<string>();
                merges.Insert(0, last.Length > 0 ? merges[^1]!.DeepClone() : null);
                merges.RemoveAt(merges.Count - 1);
                merges.RemoveAt(1);
            },
            "t.json: is no SentencePiece vocabulary, whose merges follow from its scores: "
        ),
    };

    private static readonly Dictionary<string, (Func<byte[]> Make, string Message)> Protobuf = new()
    {
        ["empty"] = (() => [], "t.model: is not a SentencePiece model: it has no pieces."),
        ["unigram"] = (
            () => TestVocabulary.Small.Protobuf(kind: 1),
            "t.model: is a SentencePiece model of kind 1 (unigram); Edge knows BPE (2)."
        ),
        ["spaces removed"] = (
            () => TestVocabulary.Small.Protobuf(removeSpaces: true),
            "t.model: removes extra spaces from the text first"
        ),
        ["letters replaced"] = (
            () => [.. TestVocabulary.Small.Protobuf(), 0x1A, 3, 0x12, 1, 65],
            "t.model: replaces letters in the text first"
        ),
        ["spaces at the end of words"] = (
            () => [.. TestVocabulary.Small.Protobuf(), 0x12, 3, 0xC0, 0x01, 1],
            "t.model: does not write spaces as"
        ),
        ["piece beyond the file"] = (
            () => [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x0A],
            "t.model: is not a SentencePiece model, or a damaged one: it has 4,294,967,295 bytes in field 1, but only 1 are left."
        ),
        ["text beyond its piece"] = (
            () => [0x0A, 0x03, 0x0A, 0x7F, 65],
            "t.model: is not a SentencePiece model, or a damaged one: it has 127 bytes in field 1, but only 1 are left."
        ),
        ["cut short in a score"] = (
            () => [0x0A, 0x03, 0x15, 0, 0],
            "t.model: is not a SentencePiece model, or a damaged one: it ends within field 2."
        ),
        ["cut short in a number"] = (
            () => [0x0A],
            "t.model: is not a SentencePiece model, or a damaged one: it ends within a number."
        ),
        ["number of more than 64 bits"] = (
            () => [.. Enumerable.Repeat((byte)0xFF, 11)],
            "t.model: is not a SentencePiece model, or a damaged one: it has a number of more than 64 bits."
        ),
        ["field zero"] = (
            () => [0x02, 0x00],
            "t.model: is not a SentencePiece model, or a damaged one: it has a field with the number 0."
        ),
        ["a group"] = (
            () => [0x23, 0x24],
            "t.model: is not a SentencePiece model, or a damaged one: it has field 4 of wire type 3"
        ),
        ["score as text"] = (
            () => [0x0A, 3, 0x12, 1, 65],
            "t.model: is not a SentencePiece model, or a damaged one: it has field 2 of wire type 2 where a number should be."
        ),
        ["score of NaN"] = (
            () => [0x0A, 0x08, 0x0A, 1, 65, 0x15, 0, 0, 0xC0, 0x7F],
            "t.model: piece 0 has the score NaN, not a finite number"
        ),
        ["unknown kind of piece"] = (
            () => [0x0A, 0x05, 0x0A, 1, 65, 0x18, 9],
            "t.model: piece 0 has the type 9; 1 to 6 are defined."
        ),
        ["text that is no UTF-8"] = (() => [0x0A, 0x03, 0x0A, 1, 0xFF], "t.model: piece 0 is not valid UTF-8"),
        ["byte piece that is none"] = (
            () => [0x0A, 0x05, 0x0A, 1, 65, 0x18, 6, 0x12, 2, 0x18, 2, 0x1A, 2, 0x20, 0],
            "t.model: piece 0 stands for a byte, but is not written like <0x0A>."
        ),
        ["more pieces than rows"] = (
            () =>
                (
                    TestVocabulary.Small with
                    {
                        Tokens = [.. TestVocabulary.Small.Tokens, "more"],
                        Scores = new float[310],
                        Types = [.. TestVocabulary.Small.Types, 1],
                    }
                ).Protobuf(),
            "t.model: token more has the id 309, but the model has rows for 309 tokens"
        ),
        ["one text twice"] = (
            () => [.. TestVocabulary.Small.Protobuf(), 0x0A, 3, 0x0A, 1, 65, 0x0A, 3, 0x0A, 1, 65],
            "t.model: token "
        ),
    };

    public static TheoryData<string> JsonDefects => [.. Json.Keys];

    public static TheoryData<string> ProtobufDefects => [.. Protobuf.Keys];

    [Theory]
    [MemberData(nameof(JsonDefects))]
    public void A_broken_tokenizer_json_is_refused_by_its_defect(string defect)
    {
        using var temp = new TempFolder();
        var json = TestVocabulary.Small.Json();
        Json[defect].Break(json);
        File.WriteAllText(temp["t.json"], json.ToJsonString());
        Refused(temp, "t.json", Json[defect].Message);
    }

    [Theory]
    [MemberData(nameof(ProtobufDefects))]
    public void A_broken_tokenizer_model_is_refused_by_its_defect(string defect)
    {
        using var temp = new TempFolder();
        File.WriteAllBytes(temp["t.model"], Protobuf[defect].Make());
        Refused(temp, "t.model", Protobuf[defect].Message);
    }

    [Fact]
    public void Byte_level_vocabularies_that_edge_would_split_in_another_way_are_refused()
    {
        using var temp = new TempFolder();
        var (tokens, merges) = BytePairJson.Small();
        string[] padded = [.. tokens, .. Enumerable.Range(0, 309 - tokens.Length).Select(i => $"<{i}>")];
        Check(
            BytePairJson.Make(padded, merges, BytePairJson.Qwen2Words),
            "splits text into words in a way that Edge does not know (qwen2)"
        );
        Check(
            BytePairJson.Make(padded, merges, """{"type":"ByteLevel","add_prefix_space":true}"""),
            "pre_tokenizer has add_prefix_space"
        );
        Check(
            BytePairJson.Make(
                padded,
                merges,
                """{"type":"Sequence","pretokenizers":[{"type":"Punctuation"},{"type":"ByteLevel","add_prefix_space":false}]}"""
            ),
            "splits text into words in a way that Edge does not know (Punctuation, gpt-2)"
        );
        var nfc = BytePairJson.Make(padded, merges, BytePairJson.Gpt2Words);
        nfc["normalizer"] = JsonNode.Parse("""{"type":"NFC"}""");
        Check(nfc, "normalizer changes the text first (NFC); Edge does not.");
        // Token 256 is "ab": without its merge it can only be taken whole.
        Check(
            BytePairJson.Make(padded, merges[2..4], BytePairJson.Gpt2Words, ignoreMerges: true),
            "ignore_merges is true, and the merges do not make token ab"
        );

        void Check(JsonObject json, string message)
        {
            File.WriteAllText(temp["t.json"], json.ToJsonString());
            Refused(temp, "t.json", $"t.json: {message}");
        }
    }

    private static void Refused(TempFolder temp, string file, string message)
    {
        new TestLlama().WriteGguf(temp["m.gguf"]);
        var refusal = Assert.Throws<ModelFormatException>(() =>
            ModelConverter.Convert(temp["m.gguf"], temp["n.gguf"], new() { TokenizerPath = temp[file] })
        );
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static JsonObject Model(JsonObject json) => json["model"]!.AsObject();

    private static JsonArray Merges(JsonObject json) => json["model"]!["merges"]!.AsArray();
}
