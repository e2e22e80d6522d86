namespace Bramble.Fleet.Faults;

/// <summary>Codes of faults. A code keeps its meaning for ever.</summary>
public static class FaultCode
{
    /// <summary>The board loops DISCOVER and takes no offer.</summary>
    public const string NoRequest = "BR101";

    /// <summary>A second DHCP server won the board.</summary>
    public const string OtherServer = "BR102";

    /// <summary>The board has its address but asks for no file.</summary>
    public const string NoTftp = "BR103";

    /// <summary>Seen, but not approved.</summary>
    public const string NotApproved = "BR104";

    /// <summary>The board asks and gets no answer.</summary>
    public const string NoOffer = "BR105";

    /// <summary>As many clients as allowed have enrolled themselves.</summary>
    public const string FleetFull = "BR106";

    /// <summary>Another DHCP server answers while this one gives addresses.</summary>
    public const string SecondServer = "BR107";

    /// <summary>A file that the firmware needs is not there.</summary>
    public const string FileMissing = "BR201";

    /// <summary>A file may not be read.</summary>
    public const string FileRefused = "BR202";

    /// <summary>A transfer broke off.</summary>
    public const string TransferBroken = "BR203";

    /// <summary>A file is too large for the bootloader's block counter.</summary>
    public const string FileTooLarge = "BR204";

    /// <summary>config.txt is larger than the firmware reads.</summary>
    public const string ConfigTooLarge = "BR205";

    /// <summary>The kernel command line is too long.</summary>
    public const string CommandLineTooLong = "BR206";

    /// <summary>The firmware stopped asking for files.</summary>
    public const string FirmwareSilent = "BR207";

    /// <summary>The kernel was loaded but never reached its root.</summary>
    public const string NoRoot = "BR301";

    /// <summary>The root is connected but the system does not come up.</summary>
    public const string NotUp = "BR302";

    /// <summary>There is no image at all.</summary>
    public const string NoImage = "BR401";

    /// <summary>The client's image is not there.</summary>
    public const string ImageMissing = "BR402";

    /// <summary>The client's root could not be made.</summary>
    public const string RootFailed = "BR403";

    /// <summary>The client's root could not be opened to its address.</summary>
    public const string PublishFailed = "BR404";

    /// <summary>The flashable image runs without its data partition.</summary>
    public const string DataPartition = "BR503";

    /// <summary>Files on the flashable image's boot partition have mistakes.</summary>
    public const string BootPartitionFiles = "BR504";

    /// <summary>A new version of the flashable image was tried and did not serve; the one before runs again.</summary>
    public const string UpgradeFailed = "BR505";
}
