namespace Bramble.Bus;

/// <summary>Names of what the storage process, being root, does to the machine for the front panel.</summary>
public static class SystemBusNames
{
    /// <summary>Bus name: that of the storage process.</summary>
    public const string Name = StorageBusNames.Name;

    /// <summary>Object path.</summary>
    public const string Path = "/org/bramble/System1";

    /// <summary>Interface.</summary>
    public const string Interface = "org.bramble.System1";

    /// <summary>D-Bus error with a message for a person.</summary>
    public const string Error = "org.bramble.Error.System";

    /// <summary>The unit that resets the machine to how it came. Only the flashable image has it.</summary>
    public const string FactoryResetUnit = "bramble-factory-reset.service";
}
