using System.Text.Json;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>
/// A box with one client, whose board is known from one boot, and with files in its boot folder. The boards' side has that board's
/// Ethernet and IP address, so any TFTP client there is that board. The cable between can be made bad.
/// </summary>
public sealed class TftpLab : IDisposable
{
    /// <summary>The board's serial: the prefix of its files.</summary>
    public const string Serial = "91cdf03d";

    /// <summary>The board's Ethernet address: of one octet only, because U-Boot 2023.01 in QEMU 10 now and then reads its card's first one six times.</summary>
    public const string Mac = "e4:e4:e4:e4:e4:e4";

    /// <summary>The server's address.</summary>
    public const string Server = "10.77.0.1";

    private readonly BootBox _box;
    private readonly ImpairedLink _link;

    /// <summary>Boots the board once.</summary>
    public TftpLab()
    {
        _box = new BootBox("[dhcp]\nmode = server\n");
        _link = new ImpairedLink(_box.Segment);
        Folder = Path.Combine(_box.Folder, "fetched");
        Directory.CreateDirectory(Folder);
        try
        {
            Address = BootOnce();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private string BootOnce()
    {
        _box.Bramble("image", "add", PiDisk.Make(_box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        _box.Start();
        ShellResult boot = _box.VirtualPi(
            "--model", "4b", "--serial", Serial, "--mac", Mac, "--interface", "pi0", "--boot-files", Path.Combine(_box.DataFolder, "images/pi/boot"), "--expect", "cmdline.txt");
        if (boot.ExitCode != 0)
        {
            throw new InvalidOperationException($"The board does not boot:\n{boot.Output}{boot.Error}\n{_box.Server.Output}");
        }

        string address = Client.GetProperty("address").GetString()!;
        Shell.Run("ip", "-n", _box.Segment.BoardNamespace, "link", "set", "pi0", "address", Mac);
        Shell.Run("ip", "-n", _box.Segment.BoardNamespace, "link", "set", "lo", "up");
        Shell.Run("ip", "-n", _box.Segment.BoardNamespace, "addr", "add", address + "/24", "dev", "pi0");
        return address;
    }

    /// <summary>The board's address.</summary>
    public string Address { get; }

    /// <summary>Where fetched files go.</summary>
    public string Folder { get; }

    /// <summary>What the server printed.</summary>
    public string ServerOutput => _box.Server.Output;

    /// <summary>The client in <c>bramble status --json</c>.</summary>
    public JsonElement Client => JsonDocument.Parse(_box.Bramble("status", "--json")).RootElement.GetProperty("clients")[0];

    internal BootBox Box => _box;

    internal ImpairedLink Link => _link;

    /// <summary>Puts a file of reproducible octets into the client's boot folder; returns its name as the board asks for it.</summary>
    public string Put(string name, long length)
    {
        string path = Path.Combine(_box.DataFolder, "clients/pi-" + Serial, "current/boot", name);
        if (!File.Exists(path))
        {
            var random = new Random((int)(length % int.MaxValue));
            byte[] chunk = new byte[1 << 20];
            using FileStream file = File.Create(path);
            for (long left = length; left > 0; left -= chunk.Length)
            {
                random.NextBytes(chunk);
                file.Write(chunk, 0, (int)Math.Min(left, chunk.Length));
            }
        }

        return $"{Serial}/{name}";
    }

    /// <summary>Puts a file of text there.</summary>
    public string PutText(string name, string text)
    {
        File.WriteAllText(Path.Combine(_box.DataFolder, "clients/pi-" + Serial, "current/boot", name), text);
        return $"{Serial}/{name}";
    }

    /// <summary>The file as it is in the boot folder.</summary>
    public string PathOf(string name) => Path.Combine(_box.DataFolder, "clients/pi-" + Serial, "current/boot", name);

    /// <summary>Runs a program of the board; the caller looks at the exit code.</summary>
    internal ShellResult TryRun(string program, params IEnumerable<string> arguments) =>
        Shell.TryRun("ip", [.. Segment.In(_box.Segment.BoardNamespace, program, arguments)]);

    /// <summary>
    /// Gives the board's place on the cable to a machine in QEMU: a bridge with the cable and a tap. Returns the words of its network card.
    /// </summary>
    internal string[] PlugIn(string card)
    {
        string space = _box.Segment.BoardNamespace;
        Shell.Run("bash", "-euc", $"""
            ip -n {space} addr flush dev pi0
            ip -n {space} link set pi0 address 02:00:00:00:00:99
            ip -n {space} link show br0 > /dev/null 2>&1 || ip -n {space} link add br0 type bridge
            ip -n {space} link set pi0 master br0
            ip netns exec {space} ip link show tap0 > /dev/null 2>&1 || ip netns exec {space} ip tuntap add tap0 mode tap
            ip -n {space} link set tap0 master br0
            ip -n {space} link set tap0 up
            ip -n {space} link set br0 up
            """);
        return ["-netdev", "tap,id=n0,ifname=tap0,script=no,downscript=no", "-device", $"{card},netdev=n0,mac={Mac}"];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Its interfaces go with the box.
        _link.Dispose();
        _box.Dispose();
    }
}
