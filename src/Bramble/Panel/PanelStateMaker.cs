using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Panel.State;

namespace Bramble.Panel;

/// <summary>From the fleet's status to what the panel shows. Pure.</summary>
internal static class PanelStateMaker
{
    private static readonly TimeSpan s_waits = TimeSpan.FromMinutes(10);

    // Bytes of firmware, kernel and initramfs of a usual boot: the bar of a boot moves by them.
    private const double UsualBootBytes = 45e6;

    /// <summary>Puts the state together.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="box">The rest.</param>
    /// <param name="enrolled">Boards that became clients since pairing was opened, newest first.</param>
    public static PanelState Make(FleetStatus fleet, PanelState box, IReadOnlyList<PanelBoard> enrolled)
    {
        var faults = new List<(Fault Fault, string Who)>();
        foreach (ClientStatus client in fleet.Clients)
        {
            if (client.Fault is { } fault)
            {
                faults.Add((fault, client.Name));
            }
        }

        foreach (BoardStatus board in fleet.Unassigned)
        {
            // A board that gave up long ago is no news.
            if (board.Fault is { } fault && fleet.Time - board.LastSeen < s_waits)
            {
                faults.Add((fault, board.Board));
            }
        }

        foreach (Fault fault in fleet.Faults)
        {
            faults.Add((fault, FaultCatalogue.PlaceOf(fault.Code)));
        }

        faults.Sort((a, b) => b.Fault.Since.CompareTo(a.Fault.Since));
        return box with
        {
            Name = fleet.Server.Name,
            DhcpMode = box.DhcpMode == "off" ? "off" : fleet.Server.Mode,
            Up = fleet.Counts.Up,
            BootingCount = fleet.Counts.Booting,
            Stuck = fleet.Counts.Stuck,
            Boots = [.. fleet.Clients.Where(c => c is { State: "booting", Boot: not null }).OrderBy(c => c.Boot!.Started)
                .Select(c => new PanelBoot(c.Name, c.Boot!.Stage, ProgressOf(c.Boot), fleet.Time - c.Boot.Started))],
            Faults = [.. faults.Select(f => FaultOf(f.Fault, f.Who))],
            Imports = [.. (fleet.Imports ?? []).Select(static i => new PanelImport(ShortName(i.Name), i.Step, i.Part) { HasEnded = i.Ended is not null, Failure = i.Failure })],
            Storage = box.Storage is { } disk ? disk with { Images = fleet.Images.Count } : null,
            Pairing = new PanelPairing
            {
                AlwaysOpen = fleet.Server.Enrolment == "open",
                ListOnly = fleet.Server.Enrolment == "list",
                Left = fleet.Server.EnrolmentOpenUntil - fleet.Time,
                Boards =
                [
                    .. enrolled,
                    .. fleet.Unassigned.Where(b => fleet.Time - b.LastSeen < s_waits).Select(b => new PanelBoard(b.Board, b.Model, Enrolled: false)),
                ],
            },
        };
    }

    private static PanelFault FaultOf(Fault fault, string who)
    {
        (string title, string hint) = FaultWords.Of(fault);
        return new PanelFault(fault.Code, who, title, hint, IsAttention: fault.Code is FaultCode.NotApproved or FaultCode.BoardChanged);
    }

    // How it is packed takes up room, and says nothing of what it is.
    private static string ShortName(string file) => file.IndexOf(".img", StringComparison.OrdinalIgnoreCase) is > 0 and var end ? file[..end] : file;

    /// <summary>How far a boot is: loading takes up the middle half.</summary>
    internal static double ProgressOf(BootStatus boot) => boot.Stage switch
    {
        "discover" => 0.05,
        "offered" => 0.1,
        "bound" => 0.15,
        "firmware" => 0.2 + (0.45 * Math.Min(1, boot.Bytes / UsualBootBytes)),
        "kernel" => 0.7,
        "root" => 0.85,
        _ => 1,
    };
}
