namespace Bramble.Linux.Devices;

/// <summary>What <see cref="UeventSocket"/> has heard.</summary>
public enum DeviceNews
{
    /// <summary>Nothing that concerns.</summary>
    None,

    /// <summary>The kernel told of a device; where udev runs, its rights are still to be set.</summary>
    Early,

    /// <summary>udev told of a device, which is ready.</summary>
    Settled,
}
