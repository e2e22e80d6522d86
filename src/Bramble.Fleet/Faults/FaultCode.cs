namespace Bramble.Fleet.Faults;

/// <summary>Codes of faults. A code keeps its meaning for ever; <see cref="FaultCatalogue"/> describes each.</summary>
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

    /// <summary>A switch keeps a new port closed for long.</summary>
    public const string SpanningTree = "BR108";

    /// <summary>A relay agent stands between this server and a Pi 3.</summary>
    public const string RelayedPi3 = "BR109";

    /// <summary>Two machines use one address.</summary>
    public const string AddressTwice = "BR110";

    /// <summary>The board asks another server for its files.</summary>
    public const string OtherBootServer = "BR111";

    /// <summary>The board looks for an address that nobody answers for.</summary>
    public const string NobodyAnswers = "BR112";

    /// <summary>Two boards give one identity.</summary>
    public const string SameIdentity = "BR113";

    /// <summary>The board started a system of its own.</summary>
    public const string OwnSystem = "BR114";

    /// <summary>A board uses the serial or the MAC address of a client's board, and not both.</summary>
    public const string BoardChanged = "BR115";

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

    /// <summary>A file took longer than the bootloader waits for one.</summary>
    public const string FileTooSlow = "BR208";

    /// <summary>Packets of full size do not arrive.</summary>
    public const string LargePacketsLost = "BR209";

    /// <summary>A signed boot.img is there and is not taken.</summary>
    public const string SignedBootStops = "BR210";

    /// <summary>The board takes its EEPROM update at every boot.</summary>
    public const string EepromLoop = "BR211";

    /// <summary>The kernel was loaded but never reached its root.</summary>
    public const string NoRoot = "BR301";

    /// <summary>The root is connected but the system does not come up.</summary>
    public const string NotUp = "BR302";

    /// <summary>The system gave up or changed the address that its root hangs on.</summary>
    public const string AddressLost = "BR303";

    /// <summary>There is no image at all.</summary>
    public const string NoImage = "BR401";

    /// <summary>The client's image is not there.</summary>
    public const string ImageMissing = "BR402";

    /// <summary>The client's root could not be made.</summary>
    public const string RootFailed = "BR403";

    /// <summary>The client's root could not be opened to its address.</summary>
    public const string PublishFailed = "BR404";

    /// <summary>This server's clock is wrong.</summary>
    public const string ServerClock = "BR501";

    /// <summary>A served network interface has no link.</summary>
    public const string NoLink = "BR502";

    /// <summary>The flashable image runs without its data partition.</summary>
    public const string DataPartition = "BR503";

    /// <summary>Files on the flashable image's boot partition have mistakes.</summary>
    public const string BootPartitionFiles = "BR504";

    /// <summary>A new version of the flashable image was tried and did not serve; the one before runs again.</summary>
    public const string UpgradeFailed = "BR505";

    /// <summary>The data disk is nearly full.</summary>
    public const string DataDiskFull = "BR601";
}
