using System.Text.Json;

namespace Bramble.Integration.Tests.Lab;

/// <summary>The published binary on a segment of its own: bus, storage process on demand, server. The data folder is a plain folder.</summary>
internal sealed class BootBox : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bramble-box-");
    private RunningProgram? _serve;

    public BootBox(string extraConfig = "", string address = "10.77.0.1/24")
    {
        Segment = new Segment(address);
        Directory.CreateDirectory(DataFolder);
        File.WriteAllText(ConfigFile, $"""
            [server]
            interface = srv0
            [storage]
            data = {DataFolder}
            exports-file = {_folder.FullName}/bramble.exports
            targets-file = {_folder.FullName}/bramble-targets.conf
            [state]
            folder = {_folder.FullName}/state
            [log]
            level = debug
            {extraConfig}
            """);
        Bus = new PrivateBus(_folder.FullName, ConfigFile);
    }

    /// <summary>A box with the image <c>pi</c>, which boots every model.</summary>
    public static BootBox WithImage(string extraConfig)
    {
        var box = new BootBox(extraConfig);
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        return box;
    }

    public Segment Segment { get; }

    public PrivateBus Bus { get; }

    public string Folder => _folder.FullName;

    public string DataFolder => Path.Combine(_folder.FullName, "data");

    public string ConfigFile => Path.Combine(_folder.FullName, "bramble.conf");

    public RunningProgram Server => _serve ?? throw new InvalidOperationException("Not started.");

    /// <summary>Starts <c>bramble serve</c> and waits until it serves; one that runs is killed before (SIGKILL).</summary>
    /// <param name="environment">More for its environment, such as <c>NOTIFY_SOCKET</c>.</param>
    public void Start(IReadOnlyDictionary<string, string>? environment = null)
    {
        Dictionary<string, string> all = Bus.Environment;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        _serve?.Dispose();
        _serve = new RunningProgram("ip", Segment.In(Segment.ServerNamespace, Repository.Bramble, "serve", "--config", ConfigFile), all);
        _serve.WaitForOutput("Serving", Wait.Soon);
    }

    /// <summary>Runs a verb of <c>bramble</c> against this box and returns what it prints.</summary>
    public string Bramble(params IEnumerable<string> arguments)
    {
        ShellResult result = TryBramble(arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"bramble {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Output}{result.Error}\nBus: {Bus.Output}");
    }

    /// <summary>Runs a verb of <c>bramble</c> against this box.</summary>
    public ShellResult TryBramble(params IEnumerable<string> arguments) =>
        Shell.TryRun("env", ["DBUS_SYSTEM_BUS_ADDRESS=" + Bus.Address, Repository.Bramble, .. arguments]);

    /// <summary>Runs the virtual Raspberry Pi on the boards' side of the segment.</summary>
    public ShellResult VirtualPi(params IEnumerable<string> arguments) =>
        Shell.TryRun("ip", [.. Segment.In(Segment.BoardNamespace, Repository.VirtualPi, arguments)]);

    /// <summary>One boot of a virtual Raspberry Pi, up to its kernel; every file is compared with that of the image <c>pi</c>.</summary>
    public ShellResult Boot(string model, string serial, string? eeprom, params IEnumerable<string> more) =>
        VirtualPi([
            "--model", model, "--serial", serial, .. eeprom is null ? (string[])[] : ["--eeprom", eeprom], "--interface", "pi0",
            "--boot-files", Path.Combine(DataFolder, "images/pi/boot"), "--expect", "cmdline.txt", .. more]);

    /// <summary>What <c>bramble status</c> says.</summary>
    public JsonElement Status() => JsonDocument.Parse(Bramble("status", "--json")).RootElement;

    public void Dispose()
    {
        _serve?.Dispose();
        Bus.Dispose();
        Segment.Dispose();
        _folder.Delete(recursive: true);
    }
}
