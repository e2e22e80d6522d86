using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Bramble.Tests.Tooling;

/// <summary>Every program that the code, the tests and the scripts call comes with a package that <c>scripts/setup</c> installs.</summary>
public sealed partial class ExternalProgramsTests
{
    private static readonly string s_root = FindRoot();

    // Packages of Debian that are essential or of priority "required": on every system, so setup does not name them.
    private static readonly HashSet<string> s_base =
    [
        "apt", "bash", "bsdutils", "coreutils", "dash", "diffutils", "dpkg", "findutils", "grep", "libc-bin", "mawk", "perl-base",
        "sed", "tar", "util-linux",
    ];

    // Called only where it is there; what is done without it is in the script.
    private static readonly HashSet<string> s_optional = ["dpkg-architecture", "git", "rsvg-convert", "sudo"];

    // Made here or installed by setup in its own way; and words of our own programs that the search takes for one.
    private static readonly HashSet<string> s_own =
    [
        "amd64", "bramble", "dotnet", "storm", "test",
        "cont", "migrate", "migrate-set-parameters", "qmp_capabilities", "query-migrate", "query-status", "quit", "stop",
    ];

    // Called inside a virtual machine or a root of its own, which has them.
    private static readonly HashSet<string> s_elsewhere = ["insmod", "make", "modprobe", "mountpoint", "rmmod", "udevadm"];

    private static readonly Dictionary<string, string[]> s_packages = new()
    {
        ["apt"] = ["apt-cache", "apt-get"],
        ["atftp"] = ["atftp"],
        ["bash"] = ["bash"],
        ["binutils"] = ["readelf"],
        ["bsdutils"] = ["script"],
        ["btrfs-progs"] = ["btrfs", "mkfs.btrfs"],
        ["busybox"] = ["busybox"],
        ["coreutils"] =
        [
            "basename", "cat", "chmod", "chown", "chroot", "cp", "cut", "date", "dd", "dirname", "du", "env", "head", "id",
            "install", "ln", "ls", "mkdir", "mkfifo", "mknod", "mktemp", "mv", "nproc", "od", "paste", "readlink", "rm", "rmdir", "seq",
            "sha256sum", "sleep", "sort", "stat", "sync", "tail", "tee", "timeout", "touch", "tr", "truncate", "uname",
        ],
        ["curl"] = ["curl"],
        ["dash"] = ["sh"],
        ["dbus-daemon"] = ["dbus-daemon"],
        ["device-tree-compiler"] = ["dtc", "fdtoverlay"],
        ["dhcpcd-base"] = ["dhcpcd"],
        ["diffutils"] = ["cmp"],
        ["dnsmasq-base"] = ["dnsmasq"],
        ["dosfstools"] = ["fsck.vfat", "mkfs.vfat"],
        ["dpkg"] = ["dpkg", "dpkg-deb", "dpkg-query"],
        ["e2fsprogs"] = ["debugfs", "e2fsck", "mkfs.ext4", "resize2fs", "tune2fs"],
        ["fdisk"] = ["sfdisk"],
        ["findutils"] = ["find", "xargs"],
        ["grep"] = ["grep"],
        ["gzip"] = ["gzip"],
        ["iproute2"] = ["ip", "tc"],
        ["iputils-ping"] = ["ping"],
        ["isc-dhcp-client"] = ["dhclient"],
        ["isc-dhcp-relay"] = ["dhcrelay"],
        ["kea-admin"] = ["perfdhcp"],
        ["libc-bin"] = ["ldd"],
        ["libiscsi-bin"] = ["iscsi-inq", "iscsi-ls", "iscsi-perf"],
        ["mawk"] = ["awk"],
        ["minisign"] = ["minisign"],
        ["mmdebstrap"] = ["mmdebstrap"],
        ["mount"] = ["losetup", "mount", "umount"],
        ["mtools"] = ["mcopy", "mdel", "mdir", "mmd", "mtype"],
        ["nbdkit"] = ["nbdkit"],
        ["openssh-client"] = ["ssh", "ssh-keygen"],
        ["perl-base"] = ["perl"],
        ["procps"] = ["kill", "pkill", "sysctl"],
        ["qemu-system-arm"] = ["qemu-system-aarch64"],
        ["qemu-system-x86"] = ["qemu-system-x86_64"],
        ["qemu-utils"] = ["qemu-storage-daemon"],
        ["sed"] = ["sed"],
        ["squashfs-tools"] = ["mksquashfs", "unsquashfs"],
        ["systemd"] = ["journalctl", "networkctl", "systemctl"],
        ["tar"] = ["tar"],
        ["tcpdump"] = ["tcpdump"],
        ["tftp-hpa"] = ["tftp"],
        ["tgt"] = ["tgt-admin", "tgtadm"],
        ["udhcpc"] = ["udhcpc"],
        ["util-linux"] = ["blockdev", "flock", "fstrim", "nsenter", "setpriv", "unshare"],
        ["xz-utils"] = ["xz"],
        ["zstd"] = ["zstd"],
    };

    [Theory]
    [InlineData("demo", "src", "tests")]
    [InlineData("demo", "scripts", "tests/fixtures", ".ci")]
    [InlineData(
        "image", "scripts/image", "image/base", "image/boot-amd64", "image/boot-arm64", "image/deb", "image/disk", "image/raspios",
        "image/system", "image/upgrade", "image/hooks")]
    [InlineData("build", "scripts/publish", "scripts/fuzz")]
    public void Setup_installs_every_program_that_is_called(string purpose, params string[] folders)
    {
        HashSet<string> installed = [.. SetupPackages(purpose), .. s_base];
        Dictionary<string, string> packageOf =
            s_packages.SelectMany(static p => p.Value.Select(program => (program, p.Key))).ToDictionary();
        var missing = new List<string>();
        SortedDictionary<string, List<string>> calls = ProgramSearch.Find(s_root, folders);
        foreach ((string program, List<string> files) in calls.Where(c => !s_own.Contains(c.Key) && !s_elsewhere.Contains(c.Key) && !s_optional.Contains(c.Key)))
        {
            if (!packageOf.TryGetValue(program, out string? package))
            {
                missing.Add($"'{program}' is in no package of this test's table: add it ({string.Join(", ", files)}).");
            }
            else if (!installed.Contains(package))
            {
                string callers = string.Join(", ", files);
                missing.Add($"'{program}' needs the package {package}, which scripts/setup --for {purpose} does not install ({callers}).");
            }
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
        Assert.NotEmpty(calls);
    }

    [Fact]
    [Trait("kind", "integration")]
    public void The_table_agrees_with_Debian()
    {
        var wrong = new List<string>();
        foreach ((string package, string[] programs) in s_packages)
        {
            HashSet<string> names =
            [
                .. Run("dpkg-query", "-L", package).Split('\n')
                    .Where(static f => f.Contains("bin/", StringComparison.Ordinal)).Select(static f => Path.GetFileName(f)),
            ];
            // tftp and awk are links that the alternatives system makes.
            IEnumerable<string> strange = programs.Where(p => !names.Contains(p) && !names.Contains(p + "-hpa") && p != "awk");
            wrong.AddRange(strange.Select(p => $"{p} is not in {package}"));
        }

        foreach (string package in s_base)
        {
            string[] level = Run("dpkg-query", "-W", "-f=${Essential} ${Priority}", package).Split(' ');
            if (level is not (["yes", _] or [_, "required"]))
            {
                wrong.Add($"{package} is neither essential nor required");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void The_search_finds_what_is_called_in_code_in_namespaces_and_in_scripts()
    {
        SortedDictionary<string, List<string>> calls = ProgramSearch.Find(s_root, "src", "tests", "scripts");
        Assert.All(
            ["ping", "tcpdump", "dhclient", "mkfs.ext4", "setpriv", "losetup", "flock", "perfdhcp"],
            program => Assert.Contains(program, calls.Keys));
        Assert.Contains("tests/Bramble.Integration.Tests/Faults/FaultTests.cs", calls["ping"]);
    }

    [Fact]
    public void Tests_look_at_the_exit_code_of_every_program_that_they_run()
    {
        Assert.Single(IgnoredEnds("{\n    Shell.TryRun(\"ping\", host);\n}"));
        Assert.Single(IgnoredEnds("    private static void Boot(string x) => station.TryRun(\"ping\", host);"));
        Assert.Empty(IgnoredEnds("    Shell.TryRun(\"ping\", host).Expect(0, 1);"));
        Assert.Empty(IgnoredEnds("    ShellResult Run(string x) =>\n        Shell.TryRun(x);"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(s_root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(static f => !f.EndsWith(nameof(ExternalProgramsTests) + ".cs", StringComparison.Ordinal))
            .SelectMany(static f => IgnoredEnds(File.ReadAllText(f)).Select(call => $"{f}: {call}")));
    }

    [Theory]
    [InlineData("a=1 b=\"$(cat x)\" ping -c 1 host # tcpdump", "cat ping")]
    [InlineData("if ! grep -q x y; then\n\tsed s/a/b/ <<END | sort\nawk\nEND\nfi", "if ! grep then sed sort fi")]
    [InlineData("case $1 in\nstart | stop) ip link ;;\n*) die \"no $(date) or ${x:-$(id)}\" ;;\nesac\ntar x", "ip die date id tar")]
    [InlineData("x=(awk \"$(stat y)\")\nfor ((i = 0; i < n; i++)); do du; done", "stat do du done")]
    [InlineData("command -v ping >/dev/null && exec env -i A=$b timeout 3 nc host", "command exec env timeout nc")]
    [InlineData("f() { echo 'rm -rf; ls'; }\n[[ -e dd ]] && xz <(zstd a) > >(tee b)", "f { echo } xz zstd tee")]
    public void Commands_of_a_script(string script, string commands) => Assert.Equal(commands, string.Join(' ', ShellCommands.In(script)));

    /// <summary>Calls whose result is thrown away: a statement, or the body of a method that returns nothing.</summary>
    private static IEnumerable<string> IgnoredEnds(string code) => code.Contains("TryRun(", StringComparison.Ordinal)
        ? IgnoredEnd().Matches(code).Select(static m => m.Value.Trim())
            .Where(static call => !call.Contains(".Expect(", StringComparison.Ordinal))
        : [];

    [GeneratedRegex(
        @"(?<!=>\s*)^[ \t]*(\w+\.)*TryRun\([^;]*;|\bvoid \w+\([^;{}]*\)\s*=>\s*(\w+\.)*TryRun\([^;]*;",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex IgnoredEnd();

    private static string[] SetupPackages(string purpose) =>
        Run(Path.Combine(s_root, "scripts", "setup"), "--for", purpose, "--list").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        return output;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Appliance.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in a checkout.");
    }
}
