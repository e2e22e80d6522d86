using Bramble.Fleet.Faults;

namespace Bramble.Panel;

/// <summary>What to do about each fault, in two lines of a small display; <c>docs/reference/faults.md</c> says it at length.</summary>
internal static class FaultHints
{
    /// <summary>The hint; the fault's own advice where there is none.</summary>
    public static string Of(Fault fault) => fault.Code switch
    {
        FaultCode.NoRequest => "Update the board's EEPROM; try another port.",
        FaultCode.OtherServer => "Switch off the other DHCP server's boot options.",
        FaultCode.NoTftp => "Open UDP port 69 between board and box.",
        FaultCode.NotApproved => "Hold the button for one second to let it in.",
        FaultCode.NoOffer => "Enlarge the address pool.",
        FaultCode.FleetFull => "Add the client by hand: bramble client.",
        FaultCode.FileMissing => "Import the image again; see bramble status.",
        FaultCode.FileRefused => "Check the boot folder's rights.",
        FaultCode.TransferBroken => "Check cable and switch.",
        FaultCode.FileTooLarge => "Update the board's EEPROM.",
        FaultCode.ConfigTooLarge => "Shorten config.txt.",
        FaultCode.CommandLineTooLong => "Shorten cmdline.txt.",
        FaultCode.FirmwareSilent => "Check power; switch the board off and on.",
        FaultCode.NoRoot => "Is the NFS or iSCSI server up? bramble status.",
        FaultCode.NotUp => "Look at the board's own console.",
        FaultCode.NoImage => "Add an image: bramble image add FILE.",
        FaultCode.ImageMissing => "Import the client's image again.",
        FaultCode.RootFailed => "Is the disk full? See the journal.",
        FaultCode.PublishFailed => "Look at nfs-server and tgt: systemctl status.",
        _ => fault.Fix,
    };
}
