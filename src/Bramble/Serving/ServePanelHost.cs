using System.Diagnostics;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Status;
using Bramble.Fleet.Timeline;
using Bramble.Linux.DBus;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Linux.Systemd;
using Bramble.Panel;
using Bramble.Panel.State;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Serving;

/// <summary>The server as the front panel sees it.</summary>
internal sealed class ServePanelHost : IPanelHost
{
    private const int EnrolledShown = 32;
    private static readonly TimeSpan s_pairing = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_slowFactsEvery = TimeSpan.FromSeconds(10);

    private readonly FleetService _fleet;
    private readonly TftpServer _tftp;
    private readonly OtherDhcpServer _others;
    private readonly ImportWatch _imports;
    private readonly BusLink _bus;
    private readonly ServeState _serving;
    private readonly Lock _gate = new();
    private readonly List<string> _enrolled = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _slowFactsAt;
    private PanelStorage? _storage;
    private int _megabits;
    private string? _fingerprint;
    private bool _windowOpen;

    /// <summary>Ready; follows who is enrolled.</summary>
    public ServePanelHost(FleetService fleet, TftpServer tftp, OtherDhcpServer others, ImportWatch imports, BusLink bus, ServeState serving)
    {
        (_fleet, _tftp, _others, _imports, _bus, _serving) = (fleet, tftp, others, imports, bus, serving);
        fleet.BootEvent += OnBootEvent;
    }

    /// <summary>True once everything listens.</summary>
    public bool IsServing { get; set; }

    /// <inheritdoc/>
    public PanelState GetState()
    {
        (BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces) = _serving.Current;
        FleetStatus fleet = _fleet.GetStatus() with { Imports = _imports.Current() };
        DhcpInterfaceOptions? first = interfaces.Count > 0 ? interfaces[0] : null;
        RefreshSlowFacts(config, first, fleet.Time);
        var box = new PanelState
        {
            Version = BoxFacts.Version,
            Machine = BoxFacts.Machine,
            Phase = IsServing ? PanelPhase.Serving : PanelPhase.Starting,
            Uptime = Stopwatch.GetElapsedTime(_started),
            DhcpMode = config.DhcpMode == DhcpServiceMode.Off ? "off" : "",
            Storage = _storage,
            Network = NetworkOf(first, fleet.Time),
            SshFingerprint = _fingerprint,
            BytesSent = _tftp.Counters[TftpCounter.DataBytesSent],
        };
        return PanelStateMaker.Make(fleet, box, EnrolledNow(fleet));
    }

    /// <inheritdoc/>
    public void OpenPairing()
    {
        ForgetEnrolled();
        _fleet.OpenEnrolmentWindow(s_pairing);
    }

    /// <inheritdoc/>
    public void ClosePairing() => _fleet.CloseEnrolmentWindow();

    /// <inheritdoc/>
    public Task PowerOffAsync(CancellationToken cancellation) => CallSystemAsync("PowerOff", cancellation);

    /// <inheritdoc/>
    public Task FactoryResetAsync(CancellationToken cancellation) => CallSystemAsync("FactoryReset", cancellation);

    /// <inheritdoc/>
    public Task<bool> CanFactoryResetAsync(CancellationToken cancellation) => OnBusAsync(
        async bus =>
        {
            await using SystemdManager systemd = await SystemdManager.ConnectAsync(bus).ConfigureAwait(false);
            return (await systemd.GetUnitStateAsync(SystemBusNames.FactoryResetUnit, cancellation).ConfigureAwait(false)).LoadState == "loaded";
        },
        cancellation);

    private Task CallSystemAsync(string method, CancellationToken cancellation) => OnBusAsync(
        bus => bus.CallAsync(SystemBusNames.Name, SystemBusNames.Path, SystemBusNames.Interface, method, "", [], Timeout.InfiniteTimeSpan, cancellation),
        cancellation);

    private async Task<T> OnBusAsync<T>(Func<IBusConnection, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await work(await _bus.GetAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (BusException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private PanelNetwork NetworkOf(DhcpInterfaceOptions? served, DateTimeOffset now)
    {
        if (served is null)
        {
            return new PanelNetwork();
        }

        bool link = true;
        try
        {
            link = InterfaceInfo.Find(served.Name)?.HasCarrier ?? false;
        }
        catch (IOException)
        {
            // Unknown is no reason for an alarm.
        }

        Ipv4Address? other = _others.Current(now);
        return new PanelNetwork
        {
            Interface = served.Name,
            Address = served.Address.ToString(),
            PrefixLength = served.Subnet.PrefixLength,
            HasLink = link,
            Megabits = _megabits,
            OtherServer = other?.ToString(),
        };
    }

    private void RefreshSlowFacts(BrambleConfig config, DhcpInterfaceOptions? served, DateTimeOffset now)
    {
        if (_slowFactsAt != 0 && Stopwatch.GetElapsedTime(_slowFactsAt) < s_slowFactsEvery)
        {
            return;
        }

        _slowFactsAt = Stopwatch.GetTimestamp();
        _fingerprint = BoxFacts.SshFingerprint();
        _megabits = served is null ? 0 : BoxFacts.MegabitsOf(served.Name);
        try
        {
            var disk = new DriveInfo(config.DataFolder);
            var note = new FileInfo(Path.Combine(config.DataFolder, DataFolder.LastSnapshot));
            _storage = new PanelStorage(disk.AvailableFreeSpace, disk.TotalSize, Images: 0, note.Exists ? now.UtcDateTime - note.LastWriteTimeUtc : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _storage = null;
        }
    }

    private void OnBootEvent(BootEvent e)
    {
        if (e is { Kind: BootEventKind.Enrolled, Client: { } client })
        {
            lock (_gate)
            {
                _enrolled.Insert(0, client);
                if (_enrolled.Count > EnrolledShown)
                {
                    _enrolled.RemoveAt(EnrolledShown);
                }
            }
        }
    }

    private void ForgetEnrolled()
    {
        lock (_gate)
        {
            _enrolled.Clear();
        }
    }

    /// <summary>Boards that were let in since pairing was opened, by whatever way.</summary>
    private List<PanelBoard> EnrolledNow(FleetStatus fleet)
    {
        bool open = fleet.Server.EnrolmentOpenUntil is not null;
        lock (_gate)
        {
            if (!open && _windowOpen)
            {
                _enrolled.Clear();
            }

            _windowOpen = open;
            return !open ? [] : [.. _enrolled
                .Select(name => fleet.Clients.FirstOrDefault(c => c.Name == name))
                .OfType<ClientStatus>()
                .Select(c => new PanelBoard(c.Board ?? c.Name, c.Model, Enrolled: true))];
        }
    }
}
