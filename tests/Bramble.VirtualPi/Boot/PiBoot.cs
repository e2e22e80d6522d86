using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Stack;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Boot;

/// <summary>
/// A board from power-on to the jump into the kernel. The parts by phase: files here, boot ROM and bootcode.bin in
/// <c>PiBoot.Pi3.cs</c>, EEPROM in <c>PiBoot.Eeprom.cs</c>, what start.elf and the Pi 5 loader read in
/// <c>PiBoot.StartElf.cs</c> and <c>PiBoot.Pi5.cs</c>.
/// </summary>
internal sealed partial class PiBoot : ReactorBoard
{
    private readonly PiBootSettings _settings;
    private readonly PiProfile _profile;
    private readonly PiIdentity _identity;
    private readonly IExpectedFiles _expected;
    private readonly StageReporter _report;
    private readonly DhcpClient _dhcp;
    private readonly Action<string, ReadOnlyMemory<byte>>? _keep;
    private TftpClient? _tftp;
    private string _prefix = "";
    private string _phase = "discover";

    /// <summary>Builds a board that is switched off.</summary>
    /// <param name="settings">The board and its surroundings.</param>
    /// <param name="send">Takes each frame that the board sends.</param>
    /// <param name="events">Takes each stage event.</param>
    /// <param name="keep">Takes each complete file by its name without prefix.</param>
    public PiBoot(PiBootSettings settings, Action<byte[]> send, Action<StageEvent> events, Action<string, ReadOnlyMemory<byte>>? keep = null)
        : base(settings.Identity.Mac, send)
    {
        _settings = settings;
        _profile = settings.Profile;
        _identity = settings.Identity;
        _expected = settings.Expected;
        _keep = keep;
        Stack.Mtu = settings.Mtu;
        NetworkLog? log = settings.Netconsole ? new NetworkLog(Stack) : null;
        _report = new StageReporter(Reactor, stage =>
        {
            log?.Write(stage);
            events(stage);
        });
        _dhcp = new DhcpClient(Reactor, Stack, _profile, _identity, new Random(settings.Seed), _report);
    }

    /// <summary>What was loaded; null when the boot stood still.</summary>
    public LoadedSystem? Loaded { get; private set; }

    /// <summary>Why the boot stood still; null when it did not.</summary>
    public BootFaultException? Fault { get; private set; }

    /// <summary>Frames for this board that were dropped.</summary>
    public long Dropped => Stack.Dropped;

    /// <summary>Ends a boot that takes too long from outside; reports where it stood.</summary>
    public override void GiveUp(string why)
    {
        string waiting = _tftp?.Waiting is { Length: > 0 } file ? file : _dhcp.Waiting;
        Fail(new BootFaultException(_phase, "timeout", waiting.Length > 0 ? $"{why}, waiting for {waiting}." : $"{why}."));
    }

    protected override async Task RunAsync()
    {
        await Reactor.SleepAsync(_settings.LinkDelay);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                _phase = "discover";
                Stack.Reset();
                _tftp = null;
                _prefix = "";
                Loaded = _profile.HasBootRom ? await BootPi3Async() : await BootEepromAsync();
                _report.Add(
                    BootStage.Loaded,
                    ("kernel", Loaded.KernelName), ("bytes", Loaded.Kernel.Length),
                    ("initramfs", Loaded.InitramfsName ?? ""), ("cmdline", Loaded.CommandLine));
                return;
            }
            catch (BootFaultException fault)
            {
                if (fault.Final || attempt >= _settings.Attempts)
                {
                    Fail(fault);
                    return;
                }

                _report.Add(BootStage.Retry, ("at", fault.At), ("code", fault.Code), ("reason", fault.Message));
                await Reactor.SleepAsync(_profile.RetryPause);
            }
        }
    }

    private void Fail(BootFaultException fault)
    {
        Fault = fault;
        _report.Add(BootStage.Fault, ("at", fault.At), ("code", fault.Code), ("reason", fault.Message));
    }

    private void Use(DhcpBinding binding)
    {
        Stack.Address = binding.Address;
        Stack.Subnet = binding.Subnet;
        Stack.Gateway = binding.Router;
    }

    private async ValueTask ConnectAsync(DhcpBinding binding, bool useGateway, int firstPort)
    {
        _phase = "bound";
        MacAddress? mac = await Stack.ResolveAsync(binding.TftpServer, useGateway);
        if (mac is null)
        {
            if (_profile.Bugs.HasFlag(RomBugs.AskWithoutArp))
            {
                // ROM bug 10: the request goes out all the same, to an address that nobody has.
                Stack.Send(NetworkStack.Nowhere, firstPort, binding.TftpServer, 69, TftpPackets.ReadRequest("bootcode.bin", []));
            }

            throw new BootFaultException("bound", "no-arp",
                $"{binding.TftpServer} did not answer ARP ({(useGateway ? "the gateway is used when it is off-link" : "asked on the link itself")}).");
        }

        _phase = "firmware";
        _tftp = new TftpClient(Reactor, Stack, binding.TftpServer, mac.Value, firstPort);
    }

    /// <summary>Reads a whole file; null when the server refuses it.</summary>
    private async ValueTask<byte[]?> FullAsync(string path, TftpRules rules, bool decidesPrefix = false)
    {
        TimeSpan start = Reactor.Now;
        TftpResult result = await _tftp!.ReadAsync(path, probe: false, rules, SharedContent(NameOf(path)));
        string name = NameOf(path);
        Expectation expectation = Check(path, name, result, decidesPrefix, out ReadOnlyMemory<byte> expected);
        if (result.Status == TftpStatus.Refused)
        {
            return null;
        }

        if (expectation == Expectation.Content && !_settings.SharesContent)
        {
            Compare(path, expected.Span, result.Content);
        }

        _report.Add(
            BootStage.File,
            ("path", path), ("bytes", result.Content.Length), ("seconds", (Reactor.Now - start).TotalSeconds),
            ("blksize", result.BlockSize), ("repeats", result.Repeats), ("verified", expectation == Expectation.Content));
        _keep?.Invoke(name, result.Content);
        return result.Content;
    }

    /// <summary>Sees whether a file is there; breaks the transfer off with "Early terminate" if it is.</summary>
    private async ValueTask<bool> ProbeAsync(string path, TftpRules rules, bool decidesPrefix = false)
    {
        TftpResult result = await _tftp!.ReadAsync(path, probe: true, rules);
        Check(path, NameOf(path), result, decidesPrefix, out _);
        if (result.Status == TftpStatus.Refused)
        {
            return false;
        }

        _report.Add(BootStage.Probe, ("path", path));
        return true;
    }

    /// <summary>Probes a file as often as the stage does, then reads it.</summary>
    private async ValueTask<byte[]?> ProbedAsync(string path, TftpRules rules, int probes = 1)
    {
        for (int i = 0; i < probes; i++)
        {
            if (!await ProbeAsync(path, rules))
            {
                return null;
            }
        }

        return await FullAsync(path, rules);
    }

    private Expectation Check(string path, string name, TftpResult result, bool decidesPrefix, out ReadOnlyMemory<byte> expected)
    {
        Expectation expectation = _expected.Find(name, out expected);
        if (result.Status != TftpStatus.Refused)
        {
            return expectation != Expectation.Absent
                ? expectation
                : throw new BootFaultException("firmware", "unexpected-file", $"{path} was served, but there is no such file to serve.", final: true);
        }

        // The prefix decision may well be answered with "not found": the files then lie in the root.
        if (expectation is Expectation.Content or Expectation.Present && !decidesPrefix)
        {
            throw new BootFaultException("firmware", "refused",
                $"{path} is there to be served, but the server said ERROR {result.ErrorCode} '{result.ErrorText}'.", final: true);
        }

        _report.Add(BootStage.Missing, ("path", path), ("error", result.ErrorCode), ("text", result.ErrorText));
        return expectation;
    }

    private byte[]? SharedContent(string name) =>
        _settings.SharesContent && _expected.Find(name, out ReadOnlyMemory<byte> content) == Expectation.Content
            && MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array) && array.Count == array.Array!.Length ? array.Array : null;

    private static void Compare(string path, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> content)
    {
        int same = expected.CommonPrefixLength(content);
        if (same != expected.Length || same != content.Length)
        {
            throw new BootFaultException("firmware", "wrong-content",
                $"{path}: {content.Length} octets came, {expected.Length} were expected; the first difference is at offset {same}.", final: true);
        }
    }

    private string NameOf(string path)
    {
        string own = _identity.SerialText + "/";
        string name = path.StartsWith(own, StringComparison.Ordinal) ? path[own.Length..] : path;
        var text = new StringBuilder(name.Length);
        foreach (char c in name.TrimStart('/'))
        {
            if (c != '/' || text[^1] != '/')
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private async ValueTask<ConfigTxt> ReadConfigAsync(byte[]? content, TftpRules rules, string directory)
    {
        var config = new ConfigTxt(_profile.Model, _identity.Serial);
        if (content is null)
        {
            return config;
        }

        if (_profile.HasBootRom && content.Length > 4096)
        {
            throw new BootFaultException("firmware", "config-too-long",
                $"config.txt has {content.Length} octets; over TFTP firmware of a Pi 3 reads 4096.", final: true);
        }

        foreach (string include in config.Read(Encoding.UTF8.GetString(content)))
        {
            byte[]? included = await FullAsync(directory + include, rules);
            if (included is not null)
            {
                // One level deep: what an included file includes is left out, which also ends circles.
                foreach (string _ in config.Read(Encoding.UTF8.GetString(included)))
                {
                }
            }
        }

        return config;
    }

    private static string FirstLine(byte[]? content) =>
        content is null ? "" : Encoding.UTF8.GetString(content).Split('\n', 2)[0].Trim();
}
