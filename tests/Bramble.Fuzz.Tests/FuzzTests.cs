using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Targets;
using Xunit;

namespace Bramble.Fuzz.Tests;

/// <summary>
/// The kept corpus and a fixed number of new inputs for every target, from one seed: the same on every machine. <c>scripts/fuzz</c> does it
/// for as long as one likes, and sees where it comes through.
/// </summary>
public sealed class FuzzTests
{
    // About a quarter of a second each.
    private static readonly Dictionary<string, int> s_turns = new(StringComparer.Ordinal)
    {
        ["tftp-request"] = 20_000, ["tftp-transfer"] = 20_000, ["dhcp-packet"] = 5_000, ["dhcp-responder"] = 1_500,
        ["lease-journal"] = 500, ["config"] = 1_000, ["boot-text"] = 10_000, ["image"] = 3_000,
    };

    public static TheoryData<string> Names => [.. AllTargets.Create().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_input_breaks_it(string name)
    {
        IFuzzTarget target = AllTargets.Create().Single(t => t.Name == name);
        try
        {
            IReadOnlyList<byte[]> corpus = CorpusFolder.Read(FuzzCommand.KeptFolder(target));
            Assert.True(corpus.Count > 0, "the corpus is not there");
            FuzzResult result = new Fuzzer(target, seed: 20260901).Run(corpus, turn => turn < s_turns[name]);
            Assert.True(result.Failure is null, result.Failure is { } f ? $"{f.Error}\ninput: {Convert.ToHexStringLower(f.Input)}" : "");
        }
        finally
        {
            (target as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public void A_broken_target_is_found_and_its_input_made_small()
    {
        FuzzResult result = new Fuzzer(new Broken(), seed: 1).Run([], turn => turn < 1_000_000);

        Assert.Equal("the word: Pi", result.Failure?.Error.Message);
        Assert.Equal("Pi"u8.ToArray(), result.Failure?.Input);
    }

    /// <summary>Breaks at a word that chance alone finds seldom, and tells how near an input comes.</summary>
    private sealed class Broken : IFuzzTarget
    {
        public string Name => "broken";

        public Mutator Mutator => Inputs.ByteMutations.Mutate;

        public IEnumerable<byte[]> Seeds => [[.. "some text"u8]];

        public void Run(ReadOnlySpan<byte> input)
        {
            int at = input.IndexOf((byte)'P');
            if (at < 0)
            {
                return;
            }

            Coverage.Outcome(1);
            FuzzFailureException.Require(at + 1 >= input.Length || input[at + 1] != 'i', "the word: Pi");
        }
    }
}
