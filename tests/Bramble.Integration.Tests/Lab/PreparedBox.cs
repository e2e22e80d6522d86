namespace Bramble.Integration.Tests.Lab;

/// <summary>
/// The published server on a segment of its own with clients whose roots are made already (<see cref="PreparedFleet"/>), so that it needs
/// neither bus nor storage process.
/// </summary>
internal sealed class PreparedBox : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bramble-prepared-");
    private RunningProgram? _serve;

    /// <param name="boards">How many boards are known.</param>
    /// <param name="bootFolderOf">Name below <see cref="Folder"/> of each board's boot folder; one for all of them if null.</param>
    /// <param name="config">More lines of the configuration.</param>
    /// <param name="logLevel">The server's log level.</param>
    public PreparedBox(int boards, Func<int, string>? bootFolderOf = null, string config = "", string logLevel = "debug")
    {
        Segment = new Segment();
        Shell.Run("chmod", "755", Folder);
        PreparedFleet.Write(StateFolder, boards, "10.77.0.1", i => Directory.CreateDirectory(Path.Combine(Folder, bootFolderOf?.Invoke(i) ?? "boot")).FullName);
        File.WriteAllText(ConfigFile, $"""
            [server]
            interface = srv0
            [state]
            folder = {StateFolder}
            [log]
            level = {logLevel}
            [dhcp]
            mode = server
            pool = 10.77.0.20-10.77.0.250
            {config}
            """);
    }

    /// <summary>The network.</summary>
    public Segment Segment { get; }

    /// <summary>Where everything is.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The boot folder of all boards, where they share one.</summary>
    public string BootFolder => Path.Combine(Folder, "boot");

    /// <summary>The server's state.</summary>
    public string StateFolder => Path.Combine(Folder, "state");

    /// <summary>The server's configuration.</summary>
    public string ConfigFile => Path.Combine(Folder, "bramble.conf");

    /// <summary>The server.</summary>
    public RunningProgram Server => _serve ?? throw new InvalidOperationException("Not started.");

    /// <summary>What the server's environment needs: here is no bus.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent/bus" };

    /// <summary>Starts the server and waits until it serves.</summary>
    /// <param name="before">Words in front of its command, of a program that runs it.</param>
    public void Start(params string[] before) => StartBinary(Repository.Bramble, before);

    /// <summary>Starts a copy of the server, one that a user without rights can reach.</summary>
    /// <param name="binary">The copy.</param>
    /// <param name="before">Words in front of its command, of a program that runs it.</param>
    public void StartBinary(string binary, params string[] before)
    {
        string[] command = [.. before, binary, "serve", "--config", ConfigFile];
        _serve = new RunningProgram("ip", Segment.In(Segment.ServerNamespace, command[0], command[1..]), Environment);
        _serve.WaitForOutput("Serving", Wait.Soon);
    }

    /// <summary>Switches boards on together (<c>virtual-pi storm</c>), the first ones that are known.</summary>
    /// <param name="boards">How many.</param>
    /// <param name="seconds">Limit, of each file too: a board's own 30 s for a file would measure how busy this machine is.</param>
    /// <param name="before">Words in front of the command, of a program that runs it.</param>
    public ShellResult Storm(int boards, int seconds, params string[] before)
    {
        string[] command =
        [
            .. before, Repository.VirtualPi, "storm", "--boards", $"{boards}x4b", "--within", "0", "--summary", "--serial", PreparedFleet.SerialOf(0), "--interface", "pi0",
            "--boot-files", BootFolder, "--file-timeout", $"{seconds}", "--timeout", $"{seconds}",
        ];
        return Shell.TryRun(TimeSpan.FromSeconds(seconds + 30), "ip", [.. Segment.In(Segment.BoardNamespace, command[0], command[1..])]);
    }

    /// <summary>Ends the server.</summary>
    public void Stop()
    {
        _serve?.Dispose();
        _serve = null;
    }

    public void Dispose()
    {
        Stop();
        Segment.Dispose();
        _folder.Delete(recursive: true);
    }
}
