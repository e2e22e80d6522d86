using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Boot;

/// <summary>The EEPROM bootloader of the Pi 4 and 5 up to the prefix decision, and of the Pi 4 up to start4.elf.</summary>
internal sealed partial class PiBoot
{
    private async ValueTask<LoadedSystem> BootEepromAsync()
    {
        DhcpBinding binding = await _dhcp.BindEepromAsync();
        if (!_settings.TftpServer.IsAny)
        {
            binding = binding with { TftpServer = _settings.TftpServer };
        }

        Use(binding);
        await ConnectAsync(binding, useGateway: true, FirstPort);
        return _profile.Model == PiModel.Pi5 ? await BootPi5Async(binding) : await BootPi4Async(binding);
    }

    private async ValueTask<LoadedSystem> BootPi4Async(DhcpBinding binding)
    {
        TftpRules rules = EepromRules("the EEPROM", needsOptionAck: false);
        string prefix = _identity.SerialText + "/";
        if (!await ProbeAsync(prefix + "start4.elf", rules, decidesPrefix: true)
            && !await ProbeAsync(prefix + "start.elf", rules, decidesPrefix: true))
        {
            prefix = "";
        }

        _prefix = prefix;
        _report.Add(BootStage.Firmware, ("file", "start4.elf"), ("prefix", prefix));
        ConfigTxt config = await ReadConfigAsync(await FullAsync(prefix + "config.txt", rules), rules, prefix);
        if (HasVl805Firmware && await FullAsync(prefix + "vl805.sig", rules) is not null)
        {
            await FullAsync(prefix + "vl805.bin", rules);
        }

        if (config["bootloader_update"] != "0")
        {
            await FullAsync(prefix + "pieeprom.sig", rules);
        }

        await ProbeAsync(prefix + "recover4.elf", rules);
        await ProbeAsync(prefix + "recovery.elf", rules);
        string name = prefix + StartFile(config, "start4");
        if (await FullAsync(name, rules) is null)
        {
            throw new BootFaultException("firmware", "no-firmware", $"{name} is not served.");
        }

        await FullAsync(prefix + FixupFile(config, "fixup4"), rules);
        return await StartElfAsync(binding, EepromRules("start4.elf", needsOptionAck: true));
    }

    // Boards 1.1 to 1.3 keep the USB controller's firmware in its own EEPROM and ask for updates of it.
    private bool HasVl805Firmware => _profile.Model == PiModel.Pi4B && (_identity.Revision & 15) is >= 1 and <= 3;

    private TftpRules EepromRules(string stage, bool needsOptionAck) => new(
        stage, SendsSize: _profile.BlockSize > 0, _profile.BlockSize, needsOptionAck, s_retry, _profile.FileTimeout, _profile.FileTimeout,
        _profile.EndsAtBlock65535, _profile.AcksRepeatedData, DuplicateOackSpoils: false);
}
