using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Boot;

/// <summary>The boot ROM and bootcode.bin of the Pi 3.</summary>
internal sealed partial class PiBoot
{
    private const int FirstPort = 49152;

    // No source tells when a Pi 3 gives a file up: these bounds only end a boot that stands still.
    private static readonly TimeSpan s_pi3Silence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pi3FileTimeout = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);

    private async ValueTask<LoadedSystem> BootPi3Async()
    {
        Stack.BareHeaders = true;
        TftpRules rom = Pi3Rules("the boot ROM", sendsSize: false);
        DhcpBinding binding = await _dhcp.BindPi3Async(DhcpStage.BootRom);
        Use(binding);
        await ConnectAsync(binding, useGateway: !_profile.Bugs.HasFlag(RomBugs.OnLinkOnly), FirstPort);
        Stack.AnswersArp = !_profile.Bugs.HasFlag(RomBugs.DeafToArp);
        byte[]? bootcode = await FullAsync("bootcode.bin", rom);
        if (bootcode is null)
        {
            throw new BootFaultException("firmware", "no-firmware", "bootcode.bin is not served.", final: true);
        }

        await FullAsync("bootsig.bin", rom);
        _report.Add(BootStage.Firmware, ("file", "bootcode.bin"));

        _phase = "discover";
        Stack.Reset();
        binding = await _dhcp.BindPi3Async(DhcpStage.Bootcode);
        Use(binding);
        // bootcode.bin asks by ARP even for a server on another subnet, on a 3B+ too.
        await ConnectAsync(binding, useGateway: false, FirstPort);
        Stack.AnswersArp = !_profile.Bugs.HasFlag(RomBugs.DeafToArp);
        return await BootcodeAsync(binding);
    }

    private async ValueTask<LoadedSystem> BootcodeAsync(DhcpBinding binding)
    {
        TftpRules rules = Pi3Rules("bootcode.bin", sendsSize: true);
        string prefix = _identity.SerialText + "/";
        if (!await ProbeAsync(prefix + "start.elf", rules, decidesPrefix: true))
        {
            prefix = "";
        }

        _prefix = prefix;
        _report.Add(BootStage.Firmware, ("file", "start.elf"), ("prefix", prefix));
        await ProbeAsync(prefix + "autoboot.txt", rules);
        bool found = await ProbeAsync(prefix + "start.elf", rules);
        ConfigTxt config = await ReadConfigAsync(await FullAsync(prefix + "config.txt", rules), rules, prefix);
        await ProbeAsync(prefix + "recovery.elf", rules);
        byte[]? start = found ? await FullAsync(prefix + StartFile(config, "start"), rules) : null;
        if (start is null)
        {
            throw new BootFaultException("firmware", "no-firmware", $"{prefix}{StartFile(config, "start")} is not served.");
        }

        await FullAsync(prefix + FixupFile(config, "fixup"), rules);
        return await StartElfAsync(binding, Pi3Rules("start.elf", sendsSize: true));
    }

    private TftpRules Pi3Rules(string stage, bool sendsSize) => new(
        stage, sendsSize, _profile.BlockSize, NeedsOptionAck: sendsSize, s_retry, s_pi3Silence, s_pi3FileTimeout,
        _profile.EndsAtBlock65535, _profile.AcksRepeatedData,
        _settings.JudgesDuplicates && _profile.Bugs.HasFlag(RomBugs.DuplicateOackSpoils));

    /// <summary>start.elf, start_x.elf, start_cd.elf, start4.elf, start4x.elf, start4cd.elf, or what start_file says.</summary>
    private static string StartFile(ConfigTxt config, string stem) => config["start_file"] ?? stem + Variant(config, stem) + ".elf";

    /// <summary>The fixup file that belongs to <see cref="StartFile"/>.</summary>
    private static string FixupFile(ConfigTxt config, string stem) => config["fixup_file"] ?? stem + Variant(config, stem) + ".dat";

    private static string Variant(ConfigTxt config, string stem)
    {
        string variant = config["start_x"] == "1" ? "x" : config["gpu_mem"] == "16" ? "cd" : "";
        return variant.Length > 0 && !stem.EndsWith('4') ? "_" + variant : variant;
    }
}
