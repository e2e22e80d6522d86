namespace Bramble.Bus;

/// <summary>Names of the front panel on the bus; the policy under <c>overlays/rootfs</c> says the same.</summary>
public static class PanelBusNames
{
    /// <summary>Bus name: the boot server's.</summary>
    public const string Name = FleetBusNames.Name;

    /// <summary>Object path: the boot server's, one more interface of it.</summary>
    public const string Path = FleetBusNames.Path;

    /// <summary>Interface.</summary>
    public const string Interface = "org.bramble.Panel1";
}
