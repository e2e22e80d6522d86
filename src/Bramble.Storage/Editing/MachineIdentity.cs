namespace Bramble.Storage.Editing;

/// <summary>What no two machines may share: with the same machine-id they also ask for the same DHCP lease.</summary>
internal static class MachineIdentity
{
    /// <summary>
    /// Empties machine-id. The image's own <c>uninitialized</c> is kept: with it systemd runs its first-boot units and presets, which an image
    /// that was in use does not expect; with an empty file it only makes a new id (machine-id(5)).
    /// </summary>
    /// <param name="root">The root tree.</param>
    internal static void Reset(TreeEditor root)
    {
        const string Step = "machine-id";
        if (root.Read("etc/machine-id") is { } id && id.Trim() != "uninitialized")
            root.Write(Step, "etc/machine-id", "");
        // A link to /etc/machine-id is as it should be.
        if (root.Tree.Kind("var/lib/dbus/machine-id") == Linux.Files.FileKind.Regular)
            root.Delete(Step, "var/lib/dbus/machine-id");
    }

    /// <summary>Removes the SSH host keys; a unit makes new ones where there are none.</summary>
    internal static void RemoveHostKeys(TreeEditor root)
    {
        foreach (string name in root.Tree.List("etc/ssh"))
        {
            if (name.StartsWith("ssh_host_", StringComparison.Ordinal) && name.Contains("_key", StringComparison.Ordinal))
                root.Delete("ssh-host-keys", $"etc/ssh/{name}");
        }
    }

    /// <summary>Takes all of it out of a root that was in use, so that another machine can begin with it: also what only this server and that client know.</summary>
    internal static void Forget(TreeEditor root)
    {
        Reset(root);
        RemoveHostKeys(root);
        root.Delete("up-beacon", UpBeacon.ConfigPath);
        root.Change("fstab", "etc/fstab", FstabText.WithoutClientLines);
        // What the machine was given or made up at random.
        root.Delete("random-seed", "var/lib/systemd/random-seed");
    }
}
