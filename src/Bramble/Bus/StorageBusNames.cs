namespace Bramble.Bus;

/// <summary>Names of the storage service on the bus; the policy and unit files under <c>overlays/rootfs</c> say the same.</summary>
public static class StorageBusNames
{
    /// <summary>Bus name and interface.</summary>
    public const string Name = "org.bramble.Storage1";

    /// <summary>Object path.</summary>
    public const string Path = "/org/bramble/Storage1";

    /// <summary>D-Bus error that stands for a <see cref="Storage.Contract.StorageException"/>; one that has a code is called <c>org.bramble.Error.Storage.CODE</c>.</summary>
    public const string Error = "org.bramble.Error.Storage";

    /// <summary>Signal of progress: what is worked on (the file of an import, or client or image otherwise), step, bytes done, bytes in all (0 if not known).</summary>
    public const string ProgressSignal = "Progress";

    /// <summary>Signal of an import that runs, at most once a second: the same as <see cref="ProgressSignal"/>. For whoever did not ask for it.</summary>
    public const string ImportSignal = "Import";

    /// <summary>Signal of its end: what was imported, whether there is an image now, and why not (empty if it was given up).</summary>
    public const string ImportEndedSignal = "ImportEnded";

    /// <summary>What is written into a pipe when a change that the caller makes is made.</summary>
    internal static ReadOnlySpan<byte> Done => "done\n"u8;

    /// <summary>The name of a refusal.</summary>
    internal static string ErrorOf(Storage.Contract.StorageException refusal) => refusal.Code.Length == 0 ? Error : $"{Error}.{refusal.Code}";

    /// <summary>The code in the name of a refusal; null if it is no refusal of storage.</summary>
    internal static string? CodeOf(string error) =>
        error == Error ? "" : error.StartsWith(Error + ".", StringComparison.Ordinal) ? error[(Error.Length + 1)..] : null;
}
