using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Support;

/// <summary>Feeds the reducer, a second a step.</summary>
internal sealed class BootScript(BoardIdentity board, int kept = 10)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private DateTimeOffset _now = Start;

    public BoardBoots Boots { get; private set; } = BootReducer.Empty(new BoardRef(board.Serial, board.Mac));

    public DateTimeOffset Now => _now;

    public Boot Current => Boots.Current ?? throw new InvalidOperationException("There is no boot.");

    public IReadOnlyList<string> KernelNames { get; set; } = [];

    public BootScript Wait(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public BootScript Dhcp(DhcpEventKind kind, ClientStage stage = ClientStage.Firmware, string address = "10.77.0.50", string server = "10.77.0.2", uint xid = 7)
    {
        Wait(1);
        var e = new DhcpEvent(_now, kind, board, stage, Ipv4Address.Parse(address), Ipv4Address.Parse(server), xid);
        Boots = BootReducer.Apply(Boots, e, board.Family, kept);
        return this;
    }

    public BootScript File(string path, TftpTransferOutcome outcome, long length = 1000, long? sent = null, int blockSize = 1468, int retransmits = 0)
    {
        Wait(1);
        if (outcome is not (TftpTransferOutcome.NotFound or TftpTransferOutcome.Refused or TftpTransferOutcome.Started))
        {
            Step(path, TftpTransferOutcome.Started, length, 0, blockSize, 0);
        }

        Step(path, outcome, length, sent ?? (outcome == TftpTransferOutcome.Completed ? length : 0), blockSize, retransmits);
        return this;
    }

    public BootScript Root()
    {
        Wait(1);
        Boots = BootReducer.RootSeen(Boots, _now, RootKind.Nfs);
        return this;
    }

    public BootScript Up(string bootId)
    {
        Wait(1);
        Boots = BootReducer.UpSeen(Boots, _now, bootId, board.Family, kept);
        return this;
    }

    /// <summary>Plays a script of <see cref="Transcripts"/>, to its end or to the line that begins with <paramref name="until"/>.</summary>
    public BootScript Play(string script, string? until = null)
    {
        foreach (string line in script.Split('\n'))
        {
            if (until is not null && line.StartsWith(until, StringComparison.Ordinal))
            {
                break;
            }

            string[] words = line.Split(' ');
            _ = words.Length == 1
                ? Dhcp(Enum.Parse<DhcpEventKind>(words[0]))
                : File(words[0], Enum.Parse<TftpTransferOutcome>(words[1]), words[0].Contains("initramfs", StringComparison.Ordinal) ? 20 << 20 : 1000);
        }

        return this;
    }

    private void Step(string path, TftpTransferOutcome outcome, long length, long sent, int blockSize, int retransmits)
    {
        var e = new TftpTransferEvent(_now, Ipv4Address.Parse("10.77.0.50"), 49152, path, outcome, length, sent, blockSize, retransmits, TimeSpan.FromSeconds(1));
        string rest = BootPath.Parse(path).Rest;
        Boots = BootReducer.Apply(Boots, new TransferSeen(e, rest, KernelFile.Is(rest, KernelNames)), board.Family, kept);
    }
}
