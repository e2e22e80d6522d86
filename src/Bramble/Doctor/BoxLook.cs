using System.Globalization;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Commands;
using Bramble.Configuration;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;
using Bramble.Linux.Processes;
using Bramble.Linux.Sockets;
using Bramble.Serving;
using Bramble.Storage.Contract;

namespace Bramble.Doctor;

/// <summary>Looks at this machine for what keeps boards from booting. Looks only.</summary>
/// <param name="configFile">The configuration file.</param>
internal sealed class BoxLook(string configFile)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>All checks, in the order in which a person would make them.</summary>
    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(CancellationToken cancellation)
    {
        var found = new List<DoctorFinding>();
        (BrambleConfig? config, IReadOnlyList<ConfigError> errors) = ConfigFile.Load(configFile);
        found.AddRange(errors.Select(static e => DoctorFinding.Wrong("configuration", e.ToString(), "Correct the line; 'bramble config reference' has all keys.")));
        if (errors.Count == 0)
        {
            found.Add(DoctorFinding.Ok("configuration", $"{configFile} has no mistakes."));
        }

        config ??= new BrambleConfig();
        (FleetStatus? fleet, IReadOnlyList<StorageFinding>? storage) = await AskAsync(found, cancellation);
        found.AddRange(Links(config, fleet, Dynamic(await OutputAsync("ip", ["-json", "-4", "address", "show"], cancellation))));
        if (fleet is not null)
        {
            found.AddRange(BoxJudge.Network(fleet));
        }

        IReadOnlyList<(int Port, bool Tcp, string For, string Fix)> ports = Ports(config, fleet);
        found.AddRange(BoxJudge.Ports(ports, Tables("udp"), Tables("tcp")));
        found.Add(BoxJudge.Firewall(await OutputAsync("nft", ["list", "ruleset"], cancellation), ports));
        if (storage is not null)
        {
            found.AddRange(BoxJudge.Storage(storage));
        }

        found.AddRange(Spaces(config));
        string? synchronized = await OutputAsync("timedatectl", ["show", "--property=NTPSynchronized", "--value"], cancellation);
        found.Add(BoxJudge.Clock(synchronized?.Trim() switch { "yes" => true, "no" => false, _ => null }, DateTimeOffset.UtcNow));
        found.Add(BoxJudge.Version($"Bramble {typeof(BoxLook).Assembly.GetName().Version?.ToString(3)}, Linux {Environment.OSVersion.Version}", await IsOldAsync(cancellation)));
        return found;
    }

    /// <summary>What the processes say; a server that does not run is a finding itself.</summary>
    private static async Task<(FleetStatus? Fleet, IReadOnlyList<StorageFinding>? Storage)> AskAsync(List<DoctorFinding> found, CancellationToken cancellation)
    {
        await using IBusConnection? bus = BusConnection.TryOpenSystem(out string reason);
        if (bus is null)
        {
            found.Add(DoctorFinding.Wrong("server", $"There is no D-Bus system bus: {reason}", "systemctl start dbus"));
            return (null, null);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_patience);
        FleetStatus? fleet = null;
        IReadOnlyList<StorageFinding>? storage = null;
        try
        {
            fleet = await BusCommand.StatusAsync(bus, patience.Token);
            found.Add(DoctorFinding.Ok("server", $"It runs: {fleet.Counts.Up} up, {fleet.Counts.Booting} booting, {fleet.Counts.Stuck} stuck, {fleet.Counts.Idle} idle{(fleet.Counts.Silent > 0 ? $", {fleet.Counts.Silent} silent" : "")}."));
        }
        catch (Exception e) when (e is BusException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            found.Add(Refused(e) ? DoctorFinding.Unknown("server", "You may not ask it.", "sudo bramble doctor")
                : DoctorFinding.Wrong("server", $"The boot server does not answer: {e.Message}", "systemctl start bramble; 'journalctl -u bramble' says why it stopped."));
        }

        try
        {
            storage = await BusCommand.Storage(bus).ExamineAsync(mend: false, fleet?.Clients.Select(static c => c.Name).ToList(), patience.Token);
        }
        catch (Exception e) when (e is BusException or StorageException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            found.Add(Refused(e) ? DoctorFinding.Unknown("storage", "You may not ask for it.", "sudo bramble doctor")
                : DoctorFinding.Wrong("storage", $"Storage does not answer: {e.Message}", "'journalctl -u bramble-storaged' says why."));
        }

        return (fleet, storage);
    }

    private static bool Refused(Exception e) => e is BusException { Name: BusErrors.AccessDenied };

    private static IEnumerable<DoctorFinding> Links(BrambleConfig config, FleetStatus? fleet, IReadOnlySet<string> dynamic)
    {
        IReadOnlyList<InterfaceInfo> present = InterfaceInfo.GetAll();
        (IReadOnlyList<Bramble.Dhcp.DhcpInterfaceOptions>? chosen, ConfigError? error) = InterfaceChoice.Choose("", config, present);
        if (chosen is null && config.Interfaces.Count == 0)
        {
            return [DoctorFinding.Wrong("link", error?.ToString() ?? "There is no interface to serve.", "Name the one that the Raspberry Pis are on: [server] interface.")];
        }

        string[] names = [.. chosen?.Select(static c => c.Name) ?? config.Interfaces];
        var speeds = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            // Drivers that do not know answer with an error or -1.
            if (ReadLine($"/sys/class/net/{name}/speed") is { } text && int.TryParse(text, CultureInfo.InvariantCulture, out int speed))
            {
                speeds[name] = speed;
            }
        }

        return BoxJudge.Links(names, present, speeds, dynamic, fleet is { Server.Mode: "server" });
    }

    /// <summary>Interfaces whose address is lent, which the kernel calls dynamic.</summary>
    private static HashSet<string> Dynamic(string? addresses)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            using var all = JsonDocument.Parse(addresses ?? "[]");
            foreach (JsonElement one in all.RootElement.EnumerateArray())
            {
                if (one.TryGetProperty("ifname", out JsonElement name) && one.TryGetProperty("addr_info", out JsonElement told)
                    && told.EnumerateArray().Any(static a => a.TryGetProperty("dynamic", out JsonElement lent) && lent.ValueKind == JsonValueKind.True))
                {
                    names.Add(name.GetString()!);
                }
            }
        }
        catch (JsonException)
        {
            // Another program of that name: nobody knows.
        }

        return names;
    }

    private static List<(int Port, bool Tcp, string For, string Fix)> Ports(BrambleConfig config, FleetStatus? fleet)
    {
        const string server = "systemctl start bramble; 'journalctl -u bramble' says what holds it up.";
        List<(int, bool, string, string)> ports = [(config.TftpPort, false, "TFTP", server), (config.BeaconPort, false, "boards say that they are up", server)];
        if (config.DhcpMode != DhcpServiceMode.Off)
        {
            ports.Insert(0, (config.DhcpPort, false, "DHCP", server));
        }

        if (fleet?.Clients.Any(static c => c.Root is "nfs" or "overlay") == true)
        {
            ports.Add((2049, true, "NFS", "systemctl start nfs-server"));
        }

        if (fleet?.Clients.Any(static c => c.Root == "iscsi") == true)
        {
            ports.Add((3260, true, "iSCSI", "systemctl start tgt"));
        }

        return ports;
    }

    private static IEnumerable<DoctorFinding> Spaces(BrambleConfig config)
    {
        foreach (string folder in (string[])[config.DataFolder, config.StateFolder])
        {
            DoctorFinding finding;
            try
            {
                var drive = new DriveInfo(folder);
                finding = Directory.Exists(folder)
                    ? BoxJudge.Space(folder, drive.AvailableFreeSpace, drive.TotalSize)
                    : DoctorFinding.Wrong("space", $"There is no folder {folder}.", "It is made when Bramble is installed and started; a disk that is mounted there may be missing.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                finding = DoctorFinding.Unknown("space", $"{folder}: {e.Message}", "sudo bramble doctor");
            }

            yield return finding;
        }
    }

    /// <summary>True where the server that runs was started from a file that is no longer there.</summary>
    private static async Task<bool> IsOldAsync(CancellationToken cancellation)
    {
        string? pid = (await OutputAsync("systemctl", ["show", "bramble.service", "--property=MainPID", "--value"], cancellation))?.Trim();
        try
        {
            return pid is { Length: > 0 } and not "0" && new FileInfo($"/proc/{pid}/exe").LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Tables(string protocol) => (ReadAll($"/proc/net/{protocol}") ?? "") + (ReadAll($"/proc/net/{protocol}6") ?? "");

    private static string? ReadLine(string path) => ReadAll(path)?.Trim();

    private static string? ReadAll(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<string?> OutputAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            ProcessResult result = await ChildProcess.RunAsync(program, arguments, cancellation);
            return result.ExitCode == 0 ? result.Output : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
