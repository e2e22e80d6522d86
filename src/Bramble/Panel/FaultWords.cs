using Bramble.Fleet.Faults;

namespace Bramble.Panel;

/// <summary>Each fault in one line of a small display, and what to do about it in two; <c>docs/reference/faults.md</c> says it at length.</summary>
internal static class FaultWords
{
    /// <summary>The words; the fault's own where there are none.</summary>
    public static (string Title, string Hint) Of(Fault fault) => fault.Code switch
    {
        FaultCode.NoRequest => ("It takes no offer", "Update its EEPROM or try another port."),
        FaultCode.OtherServer => ("Another DHCP took it", "Switch that server's boot options off."),
        FaultCode.NoTftp => ("It asks for no file", "Open UDP port 69 between it and here."),
        FaultCode.NotApproved => ("Waits to be let in", "Hold the button 1 s to let it in."),
        FaultCode.NoOffer => ("It gets no address", "Enlarge the address pool."),
        FaultCode.FleetFull => ("The fleet is full", "Add the client by hand: bramble client."),
        FaultCode.SecondServer => ("A second DHCP server", "Switch its DHCP off or set mode = proxy."),
        FaultCode.SpanningTree => ("Switch opens too late", "Make its ports edge ports (portfast)."),
        FaultCode.RelayedPi3 => ("Pi 3 behind a relay", "Serve its network by an own interface."),
        FaultCode.AddressTwice => ("Address used twice", "See bramble status for the other one."),
        FaultCode.OtherBootServer => ("It asks elsewhere", "Remove boot options of other servers."),
        FaultCode.NobodyAnswers => ("It asks nobody's IP", "Update its EEPROM; see bramble why."),
        FaultCode.SameIdentity => ("Two with one identity", "Give one a new machine id."),
        FaultCode.OwnSystem => ("It boots its own card", "Take its SD card out."),
        FaultCode.BoardChanged => ("Replaced or stranger?", "Is it yours? bramble client approve."),
        FaultCode.FileMissing => ("Boot file is missing", "Import the image again."),
        FaultCode.FileRefused => ("A file was refused", "Check the boot folder's rights."),
        FaultCode.TransferBroken => ("A transfer broke off", "Check cable and switch."),
        FaultCode.FileTooLarge => ("A file is too large", "Update the board's EEPROM."),
        FaultCode.ConfigTooLarge => ("config.txt too large", "Shorten config.txt."),
        FaultCode.CommandLineTooLong => ("cmdline.txt too long", "Shorten cmdline.txt."),
        FaultCode.FirmwareSilent => ("The firmware stopped", "Check power; switch the board off and on."),
        FaultCode.FileTooSlow => ("A file came too slow", "Check cable and switch."),
        FaultCode.LargePacketsLost => ("Large packets lost", "Raise the MTU or set max-block-size."),
        FaultCode.SignedBootStops => ("Signed boot stops", "Put a config.txt beside boot.img."),
        FaultCode.EepromLoop => ("EEPROM update loops", "Remove pieeprom.upd from its folder."),
        FaultCode.NoRoot => ("Root is not reached", "See bramble status: is NFS or iSCSI up?"),
        FaultCode.NotUp => ("It does not come up", "Look at the board's own console."),
        FaultCode.AddressLost => ("It lost its address", "Let its system leave eth0 alone."),
        FaultCode.NoImage => ("There is no image", "Add an image: bramble image add FILE."),
        FaultCode.ImageMissing => ("Its image is missing", "Import the client's image again."),
        FaultCode.RootFailed => ("Root was not made", "Is the disk full? See the journal."),
        FaultCode.PublishFailed => ("Root was not opened", "See the state of nfs-server and tgt."),
        FaultCode.ServerClock => ("The clock is wrong", "Let the box reach a time server."),
        FaultCode.NoLink => ("No network link", "Check the box's cable."),
        FaultCode.DataPartition => ("No data partition", "Start again; else reset, or a new card."),
        FaultCode.DataDiskFull => ("Disk is nearly full", "Remove snapshots, images or clients."),
        FaultCode.BootPartitionFiles => ("Mistake in settings", "Read bramble-errors.txt."),
        FaultCode.UpgradeFailed => ("Upgrade did not hold", "The version before runs again."),
        _ => (fault.Title, fault.Fix),
    };
}
