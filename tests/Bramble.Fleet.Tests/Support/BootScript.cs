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

    public BootScript Dhcp(DhcpEventKind kind, ClientStage stage = ClientStage.Firmware, string address = "10.77.0.50", string server = "10.77.0.2", uint xid = 7, string relay = "0.0.0.0")
    {
        Wait(1);
        var e = new DhcpEvent(_now, kind, board, stage, Ipv4Address.Parse(address), Ipv4Address.Parse(server), xid) { Relay = Ipv4Address.Parse(relay) };
        Boots = BootReducer.Apply(Boots, e, board.Family, kept);
        return this;
    }

    /// <summary>Another server's offer with boot information.</summary>
    public BootScript BootOffer(string bootServer, string? file = null)
    {
        Wait(1);
        var e = new DhcpEvent(_now, DhcpEventKind.BootOffer, default, ClientStage.Firmware, default, Ipv4Address.Parse("10.77.0.1"), 7)
        {
            Client = board.Mac,
            BootServer = Ipv4Address.Parse(bootServer),
            BootFile = file,
        };
        Boots = BootReducer.Apply(Boots, e, board.Family, kept);
        return this;
    }

    /// <summary>One request for a file, a second long.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="outcome">How it ends.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="sent">Bytes that were acknowledged; all or none by default.</param>
    /// <param name="blockSize">The block size.</param>
    /// <param name="retransmits">Packets sent again.</param>
    /// <param name="active">Seconds from the request to the last acknowledgment.</param>
    /// <param name="goesOn">Its beginning was seen before.</param>
    public BootScript File(
        string path, TftpTransferOutcome outcome, long length = 1000, long? sent = null, int blockSize = 1468, int retransmits = 0, double active = 0, bool goesOn = false)
    {
        Wait(1);
        if (!goesOn && outcome is not (TftpTransferOutcome.NotFound or TftpTransferOutcome.Refused or TftpTransferOutcome.Started))
        {
            Step(path, TftpTransferOutcome.Started, length, 0, blockSize, 0);
            Wait(active);
        }

        Step(path, outcome, length, sent ?? (outcome == TftpTransferOutcome.Completed ? length : 0), blockSize, retransmits, active);
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

    private void Step(string path, TftpTransferOutcome outcome, long length, long sent, int blockSize, int retransmits, double active = 0)
    {
        var e = new TftpTransferEvent(_now, Ipv4Address.Parse("10.77.0.50"), 49152, path, outcome, length, sent, blockSize, retransmits, TimeSpan.FromSeconds(Math.Max(1, active)))
        {
            Heard = TimeSpan.FromSeconds(active),
        };
        string rest = BootPath.Parse(path).Rest;
        Boots = BootReducer.Apply(Boots, new TransferSeen(e, rest, KernelFile.Is(rest, KernelNames)), board.Family, kept);
    }
}
