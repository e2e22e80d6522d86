namespace Bramble.Bus;

/// <summary>Names of the storage service on the bus; the policy and unit files under <c>overlays/rootfs</c> say the same.</summary>
public static class StorageBusNames
{
    /// <summary>Bus name and interface.</summary>
    public const string Name = "org.bramble.Storage1";

    /// <summary>Object path.</summary>
    public const string Path = "/org/bramble/Storage1";

    /// <summary>D-Bus error that stands for a <see cref="Storage.Contract.StorageException"/>.</summary>
    public const string Error = "org.bramble.Error.Storage";

    /// <summary>Signal of progress: what is worked on (the file of an import, or client or image otherwise), step, bytes done, bytes in all (0 if not known).</summary>
    public const string ProgressSignal = "Progress";
}
