using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Tftp;

/// <summary>A TFTP server and how it is told to serve a folder on 127.0.0.1:69.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Prefix">What goes in front of a file's name.</param>
/// <param name="KnowsWindows">Whether it takes the option windowsize (RFC 7440).</param>
/// <param name="Command">Program and arguments for a folder.</param>
internal sealed record TftpServerProgram(string Name, string Prefix, bool KnowsWindows, Func<string, string[]> Command)
{
    /// <summary>All servers. Those that conflict with each other as packages are unpacked elsewhere by scripts/bench, which says where.</summary>
    public static IReadOnlyList<TftpServerProgram> All { get; } =
    [
        new("bramble", PreparedFleet.SerialOf(0) + "/", true, Bramble),
        new("dnsmasq", "", false, folder =>
        [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--log-facility=/dev/null", "--port=0", "--enable-tftp",
            $"--tftp-root={folder}", "--tftp-max=1000", "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root",
        ]),
        new("atftpd", "", true, folder =>
        [
            Program("BENCH_ATFTPD", "atftpd"), "--daemon", "--no-fork", "--logfile", "/dev/null", "--maxthread", "1000",
            "--bind-address", "127.0.0.1", "--user", "root", "--group", "root", folder,
        ]),
        new("tftpd-hpa", "", false, folder =>
        [
            Program("BENCH_TFTPD_HPA", "in.tftpd"), "--foreground", "--listen", "--secure", "--user", "root", "--address", "127.0.0.1:69", folder,
        ]),
    ];

    /// <summary>The published binary, as one board's boot server on the loopback interface.</summary>
    private static string[] Bramble(string folder)
    {
        string own = folder + ".bramble";
        Directory.CreateDirectory(own);
        PreparedFleet.Write(Path.Combine(own, "state"), 1, "127.0.0.1", _ => folder);
        string config = Path.Combine(own, "bramble.conf");
        File.WriteAllText(config, $"""
            [server]
            interface = lo
            [dhcp]
            mode = off
            [tftp]
            check-address = no
            [state]
            folder = {own}/state
            """);
        return ["env", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent", Repository.Bramble, "serve", "--config", config];
    }

    private static string Program(string variable, string otherwise) => Environment.GetEnvironmentVariable(variable) ?? otherwise;
}
