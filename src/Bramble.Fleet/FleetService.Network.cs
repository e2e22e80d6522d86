using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;

namespace Bramble.Fleet;

/// <content>What is known of the network around the boards.</content>
public sealed partial class FleetService
{
    // Where 64-bit ARM UEFI looks by itself (UEFI 2.10 section 3.5.1.1); images have it in either case.
    private static readonly string[] s_uefiBootFiles = ["EFI/BOOT/BOOTAA64.EFI", "efi/boot/bootaa64.efi"];

    private readonly SecondServers _secondServers = new();
    private List<Fault> _serverFaults = [];

    private void ReportServerFaults()
    {
        DateTimeOffset now = Now;
        List<Fault> faults = JudgeServer(now);
        foreach (Fault over in _serverFaults.Where(old => !faults.Exists(f => IsSame(f, old))))
        {
            Publish(new BootEvent(now, BootEventKind.Cleared, _options.ServerName, null, 0, BootStage.Discover, 0, over.Code, $"{over.Title}: over"));
        }

        foreach (Fault fault in faults.Where(f => !_serverFaults.Exists(old => IsSame(f, old))))
        {
            Publish(new BootEvent(now, BootEventKind.Fault, _options.ServerName, null, 0, BootStage.Discover, 0, fault.Code, $"{fault.Title}. {fault.Seen}"));
        }

        _serverFaults = faults;
    }

    private static bool IsSame(Fault a, Fault b) => a.Code == b.Code && a.Since == b.Since;

    /// <summary>A Pi 3 does not answer ARP while it loads (docs/reference/pi-network-boot.md, "Pi 3 boot-ROM bugs"); without its entry the transfer would stop.</summary>
    private void KeepNeighbours()
    {
        List<Ipv4Address> loading = [];
        lock (_gate)
        {
            foreach (BoardState state in _boardStates.Values)
            {
                if (state.Boots.Current is { Family: PiFamily.Pi3, Stage: >= BootStage.Offered and <= BootStage.Firmware, Address.IsAny: false } boot
                    && Now - boot.LastEvent < _options.Bounds.Silent)
                {
                    loading.Add(boot.Address);
                }
            }
        }

        loading.ForEach(_neighbours.Confirm);
    }

    /// <summary>Looks into the boot folders of boards that load now whether there is something for UEFI, which asks within seconds and may not be kept waiting.</summary>
    private void FindUefi()
    {
        List<(ClientState State, string Folder)> loading = [];
        lock (_gate)
        {
            foreach (Board board in _registry.Boards)
            {
                if (_boardStates.TryGetValue(board.Mac, out BoardState? state) && state.Boots.Current is { Stage: BootStage.Bound or BootStage.Firmware }
                    && _registry.ClientOf(board) is { } client && StateOf(client.Name) is { Prepared: { } prepared } found)
                {
                    loading.Add((found, prepared.Root.BootFolder));
                }
            }
        }

        foreach ((ClientState state, string folder) in loading)
        {
            string? file = s_uefiBootFiles.FirstOrDefault(f => File.Exists(Path.Combine(folder, f)));
            lock (_gate)
            {
                state.UefiBootFile = file;
            }
        }
    }
}
