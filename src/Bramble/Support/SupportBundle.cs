using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Commands;
using Bramble.Configuration;
using Bramble.Doctor;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;
using Bramble.Linux.Processes;

namespace Bramble.Support;

/// <summary>Gathers what somebody who helps needs to see, without secrets, into one file (tar, gzip).</summary>
/// <param name="configFile">The configuration file.</param>
internal sealed class SupportBundle(string configFile)
{
    private const int MostStories = 50;

    private readonly List<(string Name, string Text)> _files = [];

    /// <summary>Gathers; what cannot be had is said in its place.</summary>
    public async Task GatherAsync(CancellationToken cancellation)
    {
        BrambleConfig config = ConfigFile.Load(configFile).Config ?? new BrambleConfig();
        var redactor = new Redactor(KnownSecrets(config));
        Add("about.txt", string.Create(CultureInfo.InvariantCulture, $"Bramble {typeof(SupportBundle).Assembly.GetName().Version?.ToString(3)}\nLinux {Environment.OSVersion.Version}, {System.Runtime.InteropServices.RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors\nmade {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm:ss} UTC\n"));
        AddFile("bramble.conf", configFile);
        AddFile("bramble.exports", config.ExportsFile);
        AddFile("bramble-targets.conf", config.TargetsFile);
        AddFile("os-release", "/etc/os-release");
        AddFile("meminfo", "/proc/meminfo");
        AddFile("mounts", "/proc/self/mounts");
        Add("doctor.json", JsonSerializer.Serialize(await new BoxLook(configFile).RunAsync(cancellation), DoctorJson.Default.IReadOnlyListDoctorFinding));
        await AskAsync(cancellation);
        foreach ((string name, string program, string[] arguments) in Programs())
        {
            Add(name, await OutputAsync(program, arguments, cancellation));
        }

        for (int i = 0; i < _files.Count; i++)
        {
            _files[i] = (_files[i].Name, redactor.Clean(_files[i].Text));
        }
    }

    /// <summary>Names of what was gathered.</summary>
    public IReadOnlyList<string> Names => [.. _files.Select(static f => f.Name)];

    /// <summary>Writes the file; only its owner may read it.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public void Write(Stream output)
    {
        using var packed = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var tar = new TarWriter(packed, TarEntryFormat.Ustar);
        foreach ((string name, string text) in _files)
        {
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "bramble-support/" + name) { DataStream = content, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, ModificationTime = DateTimeOffset.UtcNow });
        }
    }

    private static IEnumerable<(string Name, string Program, string[] Arguments)> Programs() =>
    [
        ("journal.txt", "journalctl", [.. LogCommand.Arguments(null, follow: false, lines: 5000, since: null, json: false)]),
        ("addresses.txt", "ip", ["-details", "address", "show"]),
        ("routes.txt", "ip", ["route", "show"]),
        ("neighbours.txt", "ip", ["neigh", "show"]),
        ("sockets.txt", "ss", ["-tulnp"]),
        ("units.txt", "systemctl", ["--no-pager", "status", "bramble.service", "bramble-storaged.service", "bramble-web.service", "nfs-server.service", "tgt.service"]),
        ("firewall.txt", "nft", ["list", "ruleset"]),
        ("exports-served.txt", "exportfs", ["-v"]),
    ];

    private async Task AskAsync(CancellationToken cancellation)
    {
        await using IBusConnection? bus = BusConnection.TryOpenSystem(out string reason);
        if (bus is null)
        {
            Add("status.json", "(no system bus: " + reason + ")");
            return;
        }

        var proxy = new FleetBusProxy(bus);
        try
        {
            string json = await proxy.GetStatusAsync(cancellation);
            Add("status.json", json);
            Add("metrics.txt", await proxy.GetMetricsAsync(cancellation));
            FleetStatus fleet = JsonSerializer.Deserialize(json, FleetJson.Default.FleetStatus)!;
            foreach (string name in fleet.Clients.Where(static c => c.Fault is not null || c.State is "stuck" or "booting").Select(static c => c.Name).Concat(fleet.Unassigned.Select(static b => b.Board)).Take(MostStories))
            {
                Add($"files/{name.Replace(':', '-')}.json", await proxy.GetBootFilesAsync(name, cancellation));
                if (await proxy.GetBootLogAsync(name, cancellation) is { } log and not "[]")
                {
                    Add($"bootloader/{name.Replace(':', '-')}.json", log);
                }
            }
        }
        catch (BusException e)
        {
            Add("status.json", $"(the boot server does not answer: {e.Message})");
        }
    }

    /// <summary>Secrets of this machine that could stand in a log: tokens of clients, CHAP names and secrets, what is in addresses of external roots.</summary>
    private static List<string> KnownSecrets(BrambleConfig config)
    {
        var secrets = new List<string>();
        foreach (string file in Files(Path.Combine(config.StateFolder, "clients")).Concat(Files(Path.Combine(config.StateFolder, "roots"))).Concat(Files(Path.Combine(config.DataFolder, "clients"))))
        {
            try
            {
                using var record = JsonDocument.Parse(File.ReadAllText(file));
                Secrets(record.RootElement, secrets);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                // Who may not read it cannot betray it.
            }
        }

        foreach (string line in (TryRead(config.TargetsFile) ?? "").Split('\n'))
        {
            if (line.Trim().Split(' ', '\t') is [{ } word, _, { } secret, ..] && word.EndsWith("user", StringComparison.Ordinal))
            {
                secrets.Add(secret.Trim('"'));
            }
        }

        return secrets;
    }

    private static void Secrets(JsonElement element, List<string> secrets)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                Secrets(property.Value, secrets);
            }
            else if (property.Value.ValueKind == JsonValueKind.String && (property.Name.Contains("token", StringComparison.OrdinalIgnoreCase)
                || property.Name.Contains("secret", StringComparison.OrdinalIgnoreCase) || property.Name.Contains("password", StringComparison.OrdinalIgnoreCase)))
            {
                secrets.Add(property.Value.GetString()!);
            }
            else if (property.NameEquals("externalRoot") && property.Value.GetString() is { } address && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Split(':') is [_, { } password, ..])
            {
                secrets.Add(password);
                secrets.Add(Uri.UnescapeDataString(password));
            }
        }
    }

    private static IEnumerable<string> Files(string folder)
    {
        try
        {
            // Not into the trees of the roots.
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, AttributesToSkip = FileAttributes.ReparsePoint })] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void AddFile(string name, string path) => Add(name, TryRead(path) ?? $"({path} is not there, or may not be read)");

    private void Add(string name, string text) => _files.Add((name, text));

    private static string? TryRead(string path)
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

    private static async Task<string> OutputAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            ProcessResult result = await ChildProcess.RunAsync(program, arguments, cancellation);
            return result.Output + result.Error;
        }
        catch (IOException e)
        {
            return $"({e.Message})";
        }
    }
}
