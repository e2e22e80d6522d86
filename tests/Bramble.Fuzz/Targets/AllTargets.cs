using Bramble.Fuzz.Engine;

namespace Bramble.Fuzz.Targets;

/// <summary>Every surface that is fuzzed.</summary>
internal static class AllTargets
{
    /// <summary>New ones of all kinds.</summary>
    public static IReadOnlyList<IFuzzTarget> Create() =>
    [
        new TftpRequestTarget(), new TftpTransferTarget(), new DhcpPacketTarget(), new DhcpResponderTarget(),
        new LeaseJournalTarget(), new ConfigTarget(), new BootTextTarget(), new ImageTextTarget(),
    ];
}
