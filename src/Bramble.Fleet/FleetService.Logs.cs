using Bramble.Fleet.Clients;
using Bramble.Fleet.Status;
using Bramble.Fleet.Timeline;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Fleet;

/// <content>What bootloaders log over the network (NETCONSOLE).</content>
public sealed partial class FleetService
{
    // From the link to the first DISCOVER: up to there a bootloader's lines are ahead of the boot that they belong to.
    private static readonly TimeSpan s_beforeBoot = TimeSpan.FromSeconds(15);

    private readonly BootLogs _logs = new();

    /// <inheritdoc/>
    void INetworkSeen.Log(ReadOnlySpan<byte> frame)
    {
        // The source address is what the setting says, on all boards the same; who it is says the Ethernet address.
        if (!PacketFrame.TryReadUdp(frame, out MacAddress sender, out _, out _, out ReadOnlySpan<byte> text))
        {
            _metrics.CountLog(0, "malformed");
            return;
        }

        lock (_gate)
        {
            if (_registry.FindBoard(sender) is null)
            {
                _metrics.CountLog(0, "notABoard");
                return;
            }

            _metrics.CountLog(_logs.Append(sender, text, Now), null);
        }
    }

    /// <summary>What the bootloader of a client or board logged at its last boot, oldest first; empty if nothing came.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    public IReadOnlyList<BootLogStatus> GetBootLog(string name)
    {
        lock (_gate)
        {
            if (FindBoardOf(name) is not { } board)
            {
                return [];
            }

            Boot? boot = _boardStates.GetValueOrDefault(board.Mac)?.Boots.Current;
            List<BootLogStatus> lines = [];
            foreach (BootLogLine line in _logs.Of(board.Mac))
            {
                if (boot is null || line.Time >= boot.Started - s_beforeBoot)
                {
                    lines.Add(new BootLogStatus { Time = line.Time, Seconds = boot is null ? null : Math.Round((line.Time - boot.Started).TotalSeconds, 2), Text = line.Text });
                }
            }

            return lines;
        }
    }

    private Board? FindBoardOf(string name) => _registry.FindClient(name) is { } client ? _registry.BoardOf(client)
        : BoardRef.TryParse(name, out BoardRef wanted) ? _registry.FindBoard(wanted)
        : null;
}
