namespace Bramble.VirtualPi.Boot;

/// <summary>The Pi 5: its EEPROM is the whole firmware.</summary>
internal sealed partial class PiBoot
{
    private async ValueTask<LoadedSystem> BootPi5Async(DhcpBinding binding)
    {
        // A plain DATA answer was seen to be tolerated.
        TftpRules rules = EepromRules("the EEPROM", needsOptionAck: false);
        string prefix = _identity.SerialText + "/";
        byte[]? content = await FullAsync(prefix + "config.txt", rules, decidesPrefix: true);
        if (content is null)
        {
            prefix = "";
            content = await FullAsync("config.txt", rules)
                ?? throw new BootFaultException("firmware", "no-firmware", "config.txt is served neither under the serial nor in the root.");
        }

        _prefix = prefix;
        _report.Add(BootStage.Firmware, ("file", "config.txt"), ("prefix", prefix));
        ConfigTxt config = await ReadConfigAsync(content, rules, prefix);
        if (config["bootloader_update"] != "0")
        {
            await FullAsync(prefix + "pieeprom.sig", rules);
        }

        // The loader puts its own slash before names that it reads as from a disk: "7bf18f79//config.txt".
        string disk = prefix + "/";
        string os = prefix + config["os_prefix"];
        string treeName = os + (config["device_tree"] ?? _profile.DeviceTree);
        if (config["os_check"] != "0" && await FullAsync(treeName, rules) is null)
        {
            throw new BootFaultException("firmware", "no-device-tree", $"{treeName} is not served: the installed system does not support a Pi 5.");
        }

        await FullAsync(disk + "config.txt", rules);
        await ReadConfigAsync(await FullAsync(disk + "config.txt", rules), rules, disk);
        string kernel = await FindPi5KernelAsync(os, config, rules) ?? throw NoKernel(os);
        string? ramName = config.Initramfs ?? (config.AutoInitramfs ? InitramfsOf(kernel) : null);
        byte[]? initramfs = ramName is null ? null : await FullAsync(os + ramName, rules);
        byte[] tree = await FullAsync(treeName, rules)
            ?? throw new BootFaultException("firmware", "no-device-tree", $"{treeName} is not served.");
        string overlays = disk + config["os_prefix"] + "overlays/";
        byte[]? map = await FullAsync(overlays + "overlay_map.dtb", rules);
        await FullAsync(disk + "config.txt", rules);
        await ReadOverlaysAsync(overlays, map, config, rules, probes: 0);
        byte[]? cmdline = await FullAsync(disk + config["os_prefix"] + (config["cmdline"] ?? "cmdline.txt"), rules);
        await FullAsync(os + (config["armstub"] ?? "armstub8-2712.bin"), rules);
        byte[] image = await FullAsync(os + kernel, rules) ?? throw NoKernel(os);
        return Load(binding, kernel, image, (ramName, initramfs), cmdline, tree);
    }

    private async ValueTask<string?> FindPi5KernelAsync(string os, ConfigTxt config, TftpRules rules)
    {
        string[] names = config["kernel"] is { } named ? [named] : ["kernel_2712.img", "kernel8.img"];
        foreach (string name in names)
        {
            if (await ProbeAsync(os + name, rules))
            {
                return name;
            }
        }

        return null;
    }
}
