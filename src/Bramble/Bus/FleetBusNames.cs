namespace Bramble.Bus;

/// <summary>Names of the boot server on the bus; the policy under <c>overlays/rootfs</c> says the same.</summary>
public static class FleetBusNames
{
    /// <summary>Bus name.</summary>
    public const string Name = "org.bramble.Bramble1";

    /// <summary>Object path.</summary>
    public const string Path = "/org/bramble/Bramble1";

    /// <summary>Interface.</summary>
    public const string Interface = "org.bramble.Fleet1";

    /// <summary>D-Bus error with a message for a person.</summary>
    public const string Error = "org.bramble.Error.Fleet";

    /// <summary>Signal of one boot event, as JSON.</summary>
    public const string BootEventSignal = "BootEvent";
}
