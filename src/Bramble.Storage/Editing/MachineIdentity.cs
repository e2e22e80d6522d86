namespace Bramble.Storage.Editing;

/// <summary>What no two machines may share: with the same machine-id they also ask for the same DHCP lease.</summary>
internal static class MachineIdentity
{
    /// <summary>
    /// Empties machine-id. The image's own <c>uninitialized</c> is kept: with it systemd runs its first-boot units and presets, which an image
    /// that was in use does not expect; with an empty file it only makes a new id (machine-id(5)).
    /// </summary>
    internal static void Reset(TreeEditor root)
    {
        const string Step = "machine-id";
        if (root.Read("etc/machine-id") is { } id && id.Trim() != "uninitialized")
            root.Write(Step, "etc/machine-id", "");
        // A link to /etc/machine-id is as it should be.
        if (root.Tree.Kind("var/lib/dbus/machine-id") == Linux.Files.FileKind.Regular)
            root.Delete(Step, "var/lib/dbus/machine-id");
    }
}
