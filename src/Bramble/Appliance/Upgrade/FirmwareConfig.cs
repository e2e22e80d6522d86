using System.Text;
using Bramble.Linux.Files;

namespace Bramble.Appliance.Upgrade;

/// <summary>
/// A Raspberry Pi: the firmware starts what <c>os_prefix</c> in <c>config.txt</c> names. After a restart with the parameter <c>0 tryboot</c> it reads
/// <c>tryboot.txt</c> instead, once (docs/reference/pi-network-boot.md; Raspberry Pi documentation, "Fail-safe OS updates").
/// </summary>
/// <param name="bootFolder">Where the boot partition is mounted.</param>
/// <param name="firmwareDevice">The kernel's way to the firmware: only Raspberry Pi's own kernel has it, and only that one passes the parameter on.</param>
internal sealed class FirmwareConfig(string bootFolder, string firmwareDevice = "/dev/vcio") : ISystemStarter
{
    /// <summary>The text of an upgrade that becomes the kernel's command line.</summary>
    public const string TextName = "cmdline.txt";

    private const string Prefix = "os_prefix=bramble/";

    private readonly string _config = Path.Combine(bootFolder, "config.txt");
    private readonly string _tryboot = Path.Combine(bootFolder, "tryboot.txt");

    /// <inheritdoc/>
    public bool CanTry => File.Exists(firmwareDevice);

    /// <inheritdoc/>
    public string RestartParameter => CanTry ? "0 tryboot" : "";

    /// <inheritdoc/>
    public bool IsKept(char slot)
    {
        byte[] config = File.ReadAllBytes(_config);
        int at = SlotAt(config);
        return at >= 0 && config[at] == slot;
    }

    /// <inheritdoc/>
    public bool HasFailed(char slot) => !IsKept(slot) && File.Exists(_tryboot);

    /// <inheritdoc/>
    public void Withdraw(char slot)
    {
        File.Delete(_tryboot);
        AtomicFile.SyncFilesystem(bootFolder);
    }

    /// <inheritdoc/>
    public void TryOnce(char slot, IReadOnlyDictionary<string, string> texts)
    {
        if (!texts.TryGetValue(TextName, out string? text))
        {
            throw new UpgradeException("the upgrade has no command line for a Raspberry Pi's kernel");
        }

        byte[] config = File.ReadAllBytes(_config);
        config[PlaceOfSlot(config)] = (byte)slot;
        File.WriteAllBytes(Path.Combine(bootFolder, "bramble", slot.ToString(), TextName), Encoding.UTF8.GetBytes(text.Replace("@SLOT@", slot.ToString(), StringComparison.Ordinal)));
        File.WriteAllBytes(_tryboot, config);
        AtomicFile.SyncFilesystem(bootFolder);
    }

    /// <inheritdoc/>
    public void Keep(char slot)
    {
        // One byte in place: whatever the moment of a power cut, config.txt names the one system or the other. FAT has nothing safer.
        using (FileStream file = new(_config, FileMode.Open, FileAccess.ReadWrite))
        {
            byte[] config = new byte[file.Length];
            file.ReadExactly(config);
            int at = PlaceOfSlot(config);
            if (config[at] != slot)
            {
                RandomAccess.Write(file.SafeFileHandle, [(byte)slot], at);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }
        }

        Withdraw(slot);
    }

    private int PlaceOfSlot(byte[] config) =>
        SlotAt(config) is >= 0 and var at ? at : throw new UpgradeException($"{_config} has no line '{Prefix}a/' or '{Prefix}b/'. Put one in: it says which system starts.");

    // At the beginning of a line: elsewhere it may be a remark.
    private static int SlotAt(byte[] config)
    {
        string text = "\n" + Encoding.Latin1.GetString(config);
        int at = text.LastIndexOf("\n" + Prefix, StringComparison.Ordinal);
        int slot = at + Prefix.Length;
        return at >= 0 && slot + 1 < config.Length && config[slot] is (byte)'a' or (byte)'b' && config[slot + 1] == '/' ? slot : -1;
    }
}
