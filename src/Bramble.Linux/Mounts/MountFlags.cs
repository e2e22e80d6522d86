namespace Bramble.Linux.Mounts;

/// <summary>Flags of mount(2).</summary>
[Flags]
public enum MountFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Refuse writes.</summary>
    ReadOnly = 1,

    /// <summary>Set-user-id bits have no effect.</summary>
    NoSuid = 2,

    /// <summary>Device nodes cannot be opened.</summary>
    NoDevices = 4,

    /// <summary>Programs cannot be run.</summary>
    NoExecute = 8,

    /// <summary>Access times are left alone.</summary>
    NoAccessTime = 1024,
}
