using System.Globalization;
using System.Text.Json;

namespace Bramble.Integration.Tests.Lab;

/// <summary>
/// The system of a client that is up, as far as the boot server sees it: the up-beacon that the import put into its root, with a boot id of its own.
/// It has the Ethernet and the IPv4 address of the client's board.
/// </summary>
internal sealed class RunningSystem : IDisposable
{
    private const string Interface = "eth0";

    private static int s_count;

    private readonly string _namespace;
    private readonly string _folder;
    private readonly RunningProgram _beacon;

    public RunningSystem(BootBox box, string client)
    {
        _folder = Directory.CreateDirectory(Path.Combine(box.Folder, "systems", Guid.NewGuid().ToString("N"))).FullName;
        string root = Path.Combine(box.DataFolder, "clients", client, "current/root");
        string bootId = Path.Combine(_folder, "boot_id");
        File.WriteAllText(bootId, $"{Guid.NewGuid():D}\n");
        string script = Path.Combine(_folder, "up");
        File.WriteAllText(script, File.ReadAllText(Path.Combine(root, "usr/lib/bramble/up"))
            .Replace("/proc/sys/kernel/random/boot_id", bootId, StringComparison.Ordinal)
            .Replace("/etc/bramble/beacon.conf", Path.Combine(root, "etc/bramble/beacon.conf"), StringComparison.Ordinal));
        string systemctl = Path.Combine(_folder, "systemctl");
        File.WriteAllText(systemctl, $"#!/bin/sh\necho \"$*\" > {Asked}\n");
        Shell.Run("chmod", "+x", systemctl);
        _namespace = Plug(box, client);
        _beacon = new RunningProgram("ip", Segment.In(_namespace, "bash", script), new Dictionary<string, string> { ["PATH"] = $"{_folder}:/usr/bin:/bin" });
    }

    /// <summary>It was asked to restart, and would.</summary>
    public bool HasRestarted => File.Exists(Asked);

    private string Asked => Path.Combine(_folder, "asked");

    /// <summary>Waits until it restarts.</summary>
    public void WaitForRestart() => Wait.Until(() => HasRestarted, Wait.Soon, () => $"It was not asked to restart. {_beacon.Output}");

    public void Dispose()
    {
        _beacon.Dispose();
        Shell.CleanUp("ip", "netns", "del", _namespace);
    }

    private static string Plug(BootBox box, string client)
    {
        JsonElement status = box.Status().GetProperty("clients").EnumerateArray().Single(c => c.GetProperty("name").GetString() == client);
        string boards = box.Segment.BoardNamespace;
        string number = Interlocked.Increment(ref s_count).ToString(CultureInfo.InvariantCulture);
        string own = $"{boards}-s{number}";
        Shell.Run("ip", "netns", "add", own);
        Shell.Run("ip", "-n", boards, "link", "add", "link", "pi0", "name", $"sys{number}", "address", status.GetProperty("mac").GetString()!, "type", "macvlan", "mode", "bridge");
        Shell.Run("ip", "-n", boards, "link", "set", $"sys{number}", "netns", own, "name", Interface);
        Shell.Run("ip", "-n", own, "addr", "add", status.GetProperty("address").GetString() + "/24", "dev", Interface);
        Shell.Run("ip", "-n", own, "link", "set", Interface, "up");
        return own;
    }
}
