using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Dhcp.Clients;

/// <summary>A DHCP client of the wild on a station of its own, with its files in a folder of its own.</summary>
internal abstract class RealClient : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bramble-client-");

    protected RealClient(Station station) => Station = station;

    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["dhclient", "udhcpc", "dhcpcd", "systemd-networkd"];

    public Station Station { get; }

    /// <summary>True if it asks for its old address (INIT-REBOOT) when it comes back from a power cut.</summary>
    public abstract bool RemembersLease { get; }

    /// <summary>True if it can be told to renew before its time.</summary>
    public abstract bool RenewsWhenTold { get; }

    /// <summary>What goes over the wire when it has been told to renew.</summary>
    public virtual string Renewal => "Request/RENEWING Ack";

    /// <summary>
    /// How many times it has reported a renewed lease, after its script had finished. The ACK is on the wire some time before that, and until then
    /// what <see cref="Told"/> reads may be half written: dhclient-script overwrites resolv.conf in place.
    /// </summary>
    public abstract int Renewals { get; }

    /// <summary>What it says of its lease now.</summary>
    public abstract ToldLease Told { get; }

    /// <summary>What it has printed.</summary>
    public string Output => Program?.Output ?? "";

    protected string Folder => _folder.FullName;

    /// <summary>The running client.</summary>
    protected RunningProgram? Program { get; set; }

    /// <summary>Makes a client that has not been started.</summary>
    /// <param name="name">The program.</param>
    /// <param name="station">Where it runs.</param>
    /// <param name="bus">A message bus that it may use.</param>
    public static RealClient Create(string name, Station station, PrivateBus bus) => name switch
    {
        "dhclient" => new Dhclient(station),
        "udhcpc" => new Udhcpc(station),
        "dhcpcd" => new Dhcpcd(station),
        "systemd-networkd" => new Networkd(station, bus),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such client."),
    };

    /// <summary>Asks for an address and waits until it is there.</summary>
    public abstract void Start();

    /// <summary>Renews the lease before its time and waits until that is done.</summary>
    public virtual void Renew() => throw new NotSupportedException();

    /// <summary>Gives the address back and ends.</summary>
    public abstract void Release();

    /// <summary>Cuts the power and switches on again.</summary>
    public void Restart()
    {
        Program!.Dispose();
        Shell.Run("ip", "-n", Station.Namespace, "addr", "flush", "dev", Station.Interface);
        Start();
    }

    public void Dispose()
    {
        Program?.Dispose();
        _folder.Delete(recursive: true);
    }

    protected string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file into the folder, for everybody to read and run.</summary>
    protected string Write(string name, string text)
    {
        string path = PathOf(name);
        File.WriteAllText(path, text);
        Shell.Run("chmod", "755", path);
        return path;
    }

    /// <summary>Starts a program in mount and UTS namespaces of its own, so that it can change /etc, /run and the host name without changing this machine.</summary>
    /// <param name="preparation">Shell lines that make the mounts.</param>
    /// <param name="program">The program and its words.</param>
    protected RunningProgram StartApart(string preparation, params IEnumerable<string> program)
    {
        // The folder stays reachable where a tmpfs is put over its parents.
        string script = Write("run.sh", $"set -e\nhostname localhost\n{preparation}\nexec \"$@\"\n");
        return Station.Start("unshare", ["--mount", "--uts", "sh", script, .. program]);
    }

    /// <summary>Runs a program in the namespaces of the client.</summary>
    protected ShellResult RunBeside(params IEnumerable<string> program) =>
        Shell.TryRun("nsenter", ["-t", $"{Program!.Id}", "-m", "-n", "-u", .. program]);

    /// <summary>What stands between two texts, the first time; null if it is not there.</summary>
    protected static string? Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal);
        int to = from < 0 ? -1 : text.IndexOf(end, from + start.Length, StringComparison.Ordinal);
        return to < 0 ? null : text[(from + start.Length)..to];
    }

    /// <summary>How often a text occurs in the client's output.</summary>
    protected int Count(string text) => Program!.Output.Split(text).Length - 1;

    /// <summary>Lines of the form <c>name=value</c>.</summary>
    protected static Dictionary<string, string> Values(string text)
    {
        Dictionary<string, string> values = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[line[..equals]] = line[(equals + 1)..];
            }
        }

        return values;
    }
}
