using Bramble.Linux.Files;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Editing;

/// <summary>What an import changes so that the image boots from the network: the steps of <see cref="EditCatalogue"/> that have to do with an image.</summary>
internal sealed partial class ImageEditor
{
    private const UnixFileMode Program = (UnixFileMode)0b111_101_101;
    private static readonly string[] s_resizeUnits = ["rpi-resize.service", "resize2fs_once.service", "rpi-resizerootfs.service", "growroot.service"];
    // Units that make host keys whenever there are none. Debian's sshd-keygen.service is none of them: it works at a first boot only
    // (ConditionFirstBoot), and an emptied machine-id is not one.
    private static readonly string[] s_hostKeyUnits = ["regenerate_ssh_host_keys.service"];

    // What brings compressed memory with it: rpi-swap, zram-generator, zram-tools.
    private static readonly string[] s_zramFiles = ["etc/rpi/swap.conf", "usr/lib/systemd/system-generators/zram-generator", "usr/lib/systemd/system/zramswap.service"];

    private readonly TreeEditor _root;
    private readonly TreeEditor _boot;
    private readonly List<EditStep> _steps = [];
    private readonly List<Original> _originals;

    private ImageEditor(ForeignTree root, ForeignTree boot, IEnumerable<Original> originals)
    {
        _originals = [.. originals];
        _root = new TreeEditor(root, "", _steps, _originals);
        _boot = new TreeEditor(boot, "boot/", _steps, _originals);
    }

    /// <summary>Edits both trees of an image.</summary>
    /// <param name="rootFolder">The root tree.</param>
    /// <param name="bootFolder">The boot tree.</param>
    /// <param name="shownName">What it is called, for messages.</param>
    /// <param name="isOn">Which steps are taken, by name.</param>
    /// <param name="originals">What is known already of what was there before.</param>
    /// <exception cref="StorageException">The trees cannot be edited, as when a folder is a link that leads nowhere.</exception>
    internal static EditedImage Apply(string rootFolder, string bootFolder, string shownName, Func<string, bool> isOn, IEnumerable<Original> originals)
    {
        using ForeignTree root = ForeignTree.Open(rootFolder);
        using ForeignTree boot = ForeignTree.Open(bootFolder);
        ImageEditor editor = new(root, boot, originals);
        if (!root.Exists("etc"))
            throw new StorageException($"{shownName}: the root tree holds no operating system: it has no usable /etc folder.");
        string mountPoint = editor.FindBootMountPoint();
        try
        {
            editor.Run(isOn);
        }
        catch (SystemCallException e) when (!DiskSpace.IsFull(e))
        {
            throw new StorageException($"{shownName} cannot be edited for network boot: {e.Message}.", e);
        }

        return new EditedImage(editor._steps, editor._originals, mountPoint);
    }

    /// <summary>Takes steps back that an import took.</summary>
    /// <param name="rootFolder">The root tree.</param>
    /// <param name="bootFolder">The boot tree.</param>
    /// <param name="originals">What was there before.</param>
    /// <param name="isOff">Which steps are taken back, by name.</param>
    /// <returns>What is left of the originals.</returns>
    internal static IReadOnlyList<Original> TakeBack(string rootFolder, string bootFolder, IReadOnlyList<Original> originals, Func<string, bool> isOff)
    {
        using ForeignTree root = ForeignTree.Open(rootFolder);
        using ForeignTree boot = ForeignTree.Open(bootFolder);
        foreach (Original original in originals.Where(one => isOff(one.Step)).Reverse())
            new TreeEditor(original.IsBoot ? boot : root, "", []).Restore(original);
        return [.. originals.Where(one => !isOff(one.Step))];
    }

    private void Run(Func<string, bool> isOn)
    {
        foreach ((string step, Action<string> take) in new (string, Action<string>)[]
        {
            ("fstab", step => _root.Change(step, "etc/fstab", FstabText.WithoutLocalDisks)),
            ("cmdline", step => _boot.Change(step, "cmdline.txt", CmdlineText.ForNetworkBoot)),
            ("first-boot-resize", FirstBootResize),
            ("cloud-init", CloudInit),
            ("swap", Swap),
            ("zram", Zram),
            ("machine-id", _ => MachineIdentity.Reset(_root)),
            ("ssh-host-keys", HostKeys),
            ("boot-interface", BootInterface),
            ("resolver", Resolver),
            ("readahead", Readahead),
            ("up-beacon", Beacon),
        })
        {
            if (isOn(step))
                take(step);
        }
    }

    private string FindBootMountPoint()
    {
        if (FstabText.BootMountPoint(_root.Read("etc/fstab") ?? "") is { } told)
            return told;
        return _root.Tree.Exists("boot/firmware") ? "/boot/firmware" : "/boot";
    }

    private void FirstBootResize(string step)
    {
        foreach (string unit in s_resizeUnits)
            _root.MaskUnit(step, unit);
        foreach (string level in new[] { "rc0.d", "rc1.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d", "rc6.d", "rcS.d" })
        {
            foreach (string name in _root.Tree.List($"etc/{level}").Where(name => name.EndsWith("resize2fs_once", StringComparison.Ordinal)))
                _root.Delete(step, $"etc/{level}/{name}");
        }

        _root.Delete(step, "etc/init.d/resize2fs_once");
        if (_root.Tree.Exists("etc/cloud/cloud.cfg"))
            _root.Write(step, "etc/cloud/cloud.cfg.d/98-bramble-resize.cfg", ResizeConfig);
    }

    private void CloudInit(string step)
    {
        if (_root.Tree.Exists("etc/cloud/cloud.cfg"))
            _root.Write(step, "etc/cloud/cloud.cfg.d/99-bramble.cfg", CloudInitConfig);
    }

    private void Swap(string step)
    {
        _root.MaskUnit(step, "dphys-swapfile.service");
        _root.Delete(step, "var/swap");
        if (_root.Tree.Exists("etc/rpi/swap.conf"))
            _root.Write(step, "etc/rpi/swap.conf.d/90-bramble.conf", SwapConfig);
    }

    private void Zram(string step)
    {
        if (Array.Exists(s_zramFiles, _root.Tree.Exists))
            return;
        _root.Write(step, "usr/lib/bramble/zram", ZramScript, Program);
        _root.AddUnit(step, "bramble-zram.service", ZramUnit, "multi-user.target");
    }

    private void HostKeys(string step)
    {
        MachineIdentity.RemoveHostKeys(_root);
        bool makesItsOwn = Array.Exists(s_hostKeyUnits, _root.IsEnabled);
        if (_root.Tree.Exists("usr/sbin/sshd") && !makesItsOwn)
            _root.AddUnit(step, "bramble-ssh-host-keys.service", HostKeyUnit, "multi-user.target");
    }

    /// <summary>The root filesystem hangs on this interface: nobody may take it down, release its address or configure it anew.</summary>
    private void BootInterface(string step)
    {
        if (_root.Tree.Exists("etc/NetworkManager"))
            _root.Write(step, "etc/NetworkManager/conf.d/90-bramble.conf", NetworkManagerConfig);
        if (_root.Tree.Exists("usr/lib/systemd/systemd-networkd") || _root.Tree.Exists("lib/systemd/systemd-networkd"))
            _root.Write(step, "etc/systemd/network/05-bramble-boot.network", NetworkdConfig);
        _root.Change(step, "etc/dhcpcd.conf", text => text.Contains("# Bramble:", StringComparison.Ordinal) ? text : text.TrimEnd('\n') + DhcpcdConfig);
        _root.Change(step, "etc/network/interfaces", InterfacesText.WithManualBootInterface);
        foreach (string name in _root.Tree.List("etc/network/interfaces.d"))
            _root.Change(step, $"etc/network/interfaces.d/{name}", InterfacesText.WithManualBootInterface);
    }

    /// <summary>Whoever is told to leave the interface alone also no longer says where the name servers are; the kernel and the initramfs know.</summary>
    private void Resolver(string step)
    {
        _root.Write(step, "usr/lib/bramble/resolver", ResolverScript, Program);
        _root.AddUnit(step, "bramble-resolver.service", ResolverUnit, "multi-user.target");
    }

    private void Readahead(string step)
    {
        _root.Write(step, "usr/lib/bramble/readahead", ReadaheadScript, Program);
        _root.AddUnit(step, "bramble-readahead.service", ReadaheadUnit, "sysinit.target");
    }

    private void Beacon(string step)
    {
        _root.Write(step, UpBeacon.ScriptPath, UpBeacon.Script, Program);
        _root.AddUnit(step, UpBeacon.UnitName, UpBeacon.Unit, "multi-user.target");
    }
}
