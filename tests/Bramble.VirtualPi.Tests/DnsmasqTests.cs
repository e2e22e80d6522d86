using System.Diagnostics;

namespace Bramble.VirtualPi.Tests;

/// <summary>The command against dnsmasq, which boots real boards every day. Needs root (network namespaces) and dnsmasq-base.</summary>
[Trait("kind", "integration")]
public sealed class DnsmasqTests : IDisposable
{
    private readonly string _space = $"vpi-{Environment.ProcessId}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("virtual-pi-test-");
    private readonly string _boot;
    private Process? _dnsmasq;

    public DnsmasqTests()
    {
        _boot = Path.Combine(_folder.FullName, "8b07bcc6");
        foreach ((string path, byte[] content) in Scripted.Bench.BootFiles())
        {
            string file = Path.Combine(_folder.FullName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        // Large enough for many blocks, and for the count of blocks to matter.
        byte[] big = new byte[3_000_001];
        new Random(2).NextBytes(big);
        File.WriteAllBytes(Path.Combine(_boot, "initramfs8"), big);
        File.Copy(Path.Combine(_folder.FullName, "bootcode.bin"), Path.Combine(_boot, "bootcode.bin"));
        Ip($"netns add {_space}");
        Ip($"-n {_space} link set lo up");
        Ip($"-n {_space} link add srv type veth peer name pi");
        Ip($"-n {_space} addr add 10.99.0.1/24 dev srv");
        Ip($"-n {_space} link set srv up");
        Ip($"-n {_space} link set pi up");
    }

    public void Dispose()
    {
        if (_dnsmasq is not null)
        {
            _dnsmasq.Kill();
            _dnsmasq.WaitForExit();
            _dnsmasq.Dispose();
        }

        Ip($"netns del {_space}");
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("3b")]
    [InlineData("3b+")]
    [InlineData("4b")]
    [InlineData("4b --eeprom 2021-11-22")]
    [InlineData("5")]
    [InlineData("5 --loss 1 --dup 1 --reorder 1 --seed 4")]
    public void Every_model_loads_from_dnsmasq(string model)
    {
        StartDnsmasq();
        (int code, string output) = Pi($"--model {model} --serial 8b07bcc6 --interface pi --boot-files {_boot} --save {_folder.FullName}/saved");
        Assert.True(code == 0, output);
        Assert.Contains("\"stage\":\"loaded\"", output);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_boot, "kernel8.img")).Length > 0, output.Contains("\"verified\":true"));
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "saved", "overlays", "vc4-kms-v3d.dtbo")));
    }

    [Fact]
    public async Task Several_boards_on_one_interface_do_not_disturb_each_other()
    {
        foreach (string serial in (string[])["00000001", "00000002", "00000003"])
        {
            Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, serial), _boot);
        }

        StartDnsmasq();
        var runs = new List<Task<(int Code, string Output)>>();
        foreach (string words in (string[])["4b --serial 00000001", "5 --serial 00000002", "3b+ --serial 00000003"])
        {
            runs.Add(Task.Run(() => Pi($"--model {words} --interface pi --boot-files {_boot}")));
        }

        foreach (Task<(int Code, string Output)> run in runs)
        {
            (int code, string output) = await run;
            Assert.True(code == 0, output);
        }
    }

    [Fact]
    public void A_server_without_the_boot_menu_is_a_fault()
    {
        StartDnsmasq(menu: false);
        (int code, string output) = Pi("--model 3b --serial 8b07bcc6 --interface pi");
        Assert.Equal(1, code);
        Assert.Contains("\"code\":\"no-boot-option\"", output);
    }

    [Fact]
    public void The_recorded_3B_plus_boot_replays()
    {
        StartDnsmasq();
        (int code, string output) = Pi(
            $"replay --transcript {Path.Combine(AppContext.BaseDirectory, "transcripts.json")} --id pi3bplus-nosd-dhcp-serial-prefix-rpios64 --interface pi --boot-files {_boot}");
        Assert.True(code == 0, output);
        Assert.Contains("43 ok, 0 failed", output);
    }

    private void StartDnsmasq(bool menu = true)
    {
        string words = $"netns exec {_space} dnsmasq --conf-file=/dev/null --no-daemon --port=0 --interface=srv --user=root --no-ping --dhcp-authoritative "
            + $"--dhcp-range=10.99.0.50,10.99.0.99,1h --enable-tftp --tftp-root={_folder.FullName} --dhcp-leasefile={_folder.FullName}/leases --pid-file=";
        var start = new ProcessStartInfo("ip", words) { UseShellExecute = false, RedirectStandardError = true };
        if (menu)
        {
            start.Arguments += " \"--pxe-service=0,\\\"Raspberry Pi Boot   \\\"\"";
        }

        _dnsmasq = Process.Start(start)!;
        string? line;
        while ((line = _dnsmasq.StandardError.ReadLine()) is not null && !line.Contains("TFTP root", StringComparison.Ordinal))
        {
        }

        Assert.NotNull(line);
        // Its log has to be read on, or dnsmasq stops when the pipe is full.
        _ = _dnsmasq.StandardError.ReadToEndAsync();
    }

    private (int Code, string Output) Pi(string words)
    {
        string command = Path.Combine(AppContext.BaseDirectory, "virtual-pi.dll");
        var start = new ProcessStartInfo("ip", $"netns exec {_space} dotnet {command} {words}")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    private static void Ip(string words)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", words) { UseShellExecute = false })!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {words} ended with {process.ExitCode}");
    }
}
