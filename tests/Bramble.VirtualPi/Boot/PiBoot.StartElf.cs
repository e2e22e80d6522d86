using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Boot;

/// <summary>What start.elf (Pi 3) and start4.elf (Pi 4) read, in the order of the captures.</summary>
internal sealed partial class PiBoot
{
    private async ValueTask<LoadedSystem> StartElfAsync(DhcpBinding binding, TftpRules rules)
    {
        string prefix = _prefix;
        await ProbeAsync(prefix + "recovery.elf", rules);
        await ProbedAsync(prefix + "config.txt", rules);
        await FullAsync(prefix + "dt-blob.bin", rules);
        await ProbeAsync(prefix + "recovery.elf", rules);
        ConfigTxt config = await ReadConfigAsync(await ProbedAsync(prefix + "config.txt", rules), rules, prefix);
        await ProbeAsync(prefix + "bootcfg.txt", rules);
        string os = prefix + config["os_prefix"];

        // Firmware of 2021 looked for the kernel last, that of 2025 before everything else.
        bool kernelFirst = _profile.HasBootRom || _profile.Eeprom >= new DateOnly(2023, 1, 1);
        string? kernel = null;
        (string? Name, byte[]? Content) initramfs = default;
        if (kernelFirst)
        {
            kernel = await FindKernelAsync(os, config, rules);
            initramfs = await ReadInitramfsAsync(os, kernel, config, rules);
        }

        byte[]? tree = await ProbedAsync(os + (config["device_tree"] ?? _profile.DeviceTree), rules);
        if (tree is null)
        {
            throw new BootFaultException("firmware", "no-device-tree", $"{os}{config["device_tree"] ?? _profile.DeviceTree} is not served.");
        }

        byte[]? map = await ProbedAsync(os + "overlays/overlay_map.dtb", rules);
        await ReadConfigAsync(await ProbedAsync(prefix + "config.txt", rules), rules, prefix);
        await ReadOverlaysAsync(os + "overlays/", map, config, rules, probes: 1);
        byte[]? cmdline = await ProbedAsync(os + (config["cmdline"] ?? "cmdline.txt"), rules);
        if (!kernelFirst)
        {
            kernel = await FindKernelAsync(os, config, rules);
            initramfs = await ReadInitramfsAsync(os, kernel, config, rules);
        }

        byte[]? stub = config["armstub"] is { } armstub
            ? await ProbedAsync(os + armstub, rules, probes: 3)
            : await FullAsync(os + DefaultStub(config), rules);
        if (kernel is null)
        {
            // A firmware image in the stub's place (UEFI) needs no kernel.
            (kernel, byte[]? content) = stub is not null && config["armstub"] is not null ? (config["armstub"]!, stub) : throw NoKernel(os);
            return Load(binding, kernel, content, initramfs, cmdline, tree);
        }

        byte[] image = await ProbedAsync(os + kernel, rules) ?? throw NoKernel(os);
        return Load(binding, kernel, image, initramfs, cmdline, tree);
    }

    private static BootFaultException NoKernel(string prefix) => new("firmware", "no-kernel", $"no kernel is served under '{prefix}'.");

    private LoadedSystem Load(
        DhcpBinding binding, string kernel, byte[] image, (string? Name, byte[]? Content) initramfs, byte[]? cmdline, byte[]? tree)
    {
        if (image.Length == 0)
        {
            throw new BootFaultException("firmware", "no-kernel", $"{kernel} is empty.");
        }

        return new LoadedSystem
        {
            KernelName = kernel,
            Kernel = image,
            InitramfsName = initramfs.Content is null ? null : initramfs.Name,
            Initramfs = initramfs.Content ?? [],
            CommandLine = FirstLine(cmdline),
            DeviceTree = tree ?? [],
            Address = binding.Address.ToString(),
            Server = binding.TftpServer.ToString(),
        };
    }

    private async ValueTask<string?> FindKernelAsync(string os, ConfigTxt config, TftpRules rules)
    {
        if (config["kernel"] is { } named)
        {
            return await ProbeAsync(os + named, rules) && await ProbeAsync(os + named, rules) ? named : null;
        }

        string narrow = _profile.Model == PiModel.Pi4B ? "7l" : "7";
        string[] names = config["arm_64bit"] switch
        {
            "0" => [$"kernel{narrow}.img", "kernel.img"],
            // Without the line, 64 bit are tried first and 32 bit after them.
            null => ["kernel8.img", $"kernel{narrow}.img", "kernel.img"],
            _ => ["kernel8.img"],
        };
        await ProbeAsync($"{os}recovery{names[0][6..]}", rules);
        foreach (string name in names)
        {
            if (await ProbeAsync(os + name, rules))
            {
                await ProbeAsync(os + name, rules);
                return name;
            }
        }

        return null;
    }

    private async ValueTask<(string? Name, byte[]? Content)> ReadInitramfsAsync(string os, string? kernel, ConfigTxt config, TftpRules rules)
    {
        string? name = config.Initramfs ?? (config.AutoInitramfs ? InitramfsOf(kernel) : null);
        return name is null ? default : (name, await ProbedAsync(os + name, rules, probes: 3));
    }

    /// <summary>auto_initramfs: kernel8.img → initramfs8, kernel_2712.img → initramfs_2712; null for other kernel names.</summary>
    private static string? InitramfsOf(string? kernel) =>
        kernel is not null && kernel.StartsWith("kernel", StringComparison.Ordinal) && kernel.EndsWith(".img", StringComparison.Ordinal)
            ? $"initramfs{kernel[6..^4]}"
            : null;

    private string DefaultStub(ConfigTxt config) => (_profile.Model, config.Arm64Bit) switch
    {
        (PiModel.Pi4B, true) => "armstub8-gic.bin",
        (PiModel.Pi4B, false) => "armstub8-32-gic.bin",
        (_, true) => "armstub8.bin",
        _ => "armstub8-32.bin",
    };

    private async ValueTask ReadOverlaysAsync(string directory, byte[]? map, ConfigTxt config, TftpRules rules, int probes)
    {
        OverlayMap overlays = OverlayMap.Parse(map);
        foreach (string overlay in config.Overlays)
        {
            await ProbedAsync($"{directory}{overlays.Resolve(overlay, _profile.OverlayPlatform)}.dtbo", rules, probes);
        }
    }
}
