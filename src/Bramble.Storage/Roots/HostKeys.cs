using System.Text;
using Bramble.Linux.Files;
using Bramble.Linux.Processes;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Roots;

/// <summary>SSH host keys of a client whose root keeps nothing: they are made once here, and laid over the root at each start.</summary>
internal static class HostKeys
{
    private const string Step = "ssh-host-keys";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] s_kinds = ["ed25519", "ecdsa", "rsa"];

    // Units that replace host keys which are there.
    private static readonly string[] s_units = ["regenerate_ssh_host_keys.service"];

    /// <summary>Makes the keys, if they are not there.</summary>
    /// <param name="disk">The data folder.</param>
    /// <param name="folder">Folder for them.</param>
    /// <param name="client">The client's name, for the comment.</param>
    /// <param name="cancellation">Stops; nothing is left then.</param>
    internal static async Task EnsureAsync(DataDisk disk, string folder, string client, CancellationToken cancellation)
    {
        if (Directory.Exists(folder))
            return;
        string temporary = DataDisk.Beside(folder);
        try
        {
            disk.MakeFolder(temporary);
            File.SetUnixFileMode(temporary, OwnerOnly | UnixFileMode.UserExecute);
            foreach (string kind in s_kinds)
            {
                ProcessResult result = await ChildProcess.RunAsync("ssh-keygen", ["-q", "-t", kind, "-N", "", "-C", $"root@{client}", "-f", $"{temporary}/ssh_host_{kind}_key"], cancellation);
                disk.Check(result, $"for the SSH host keys of {client}", $"No SSH host keys can be made for {client}");
            }

            await disk.SettleAsync(temporary, hasCopies: true);
            disk.Move(temporary, folder);
        }
        finally
        {
            await disk.DeleteAsync(temporary);
        }
    }

    /// <summary>Lays them over a root.</summary>
    /// <param name="layer">What is laid over it.</param>
    /// <param name="system">The root tree.</param>
    /// <param name="folder">Folder of the keys, which need not be there.</param>
    internal static void Lay(TreeEditor layer, ForeignTree system, string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string file in Directory.EnumerateFiles(folder, "ssh_host_*").Order(StringComparer.Ordinal))
        {
            bool isPublic = file.EndsWith(".pub", StringComparison.Ordinal);
            layer.Write(Step, $"etc/ssh/{Path.GetFileName(file)}", Encoding.Latin1.GetString(File.ReadAllBytes(file)), isPublic ? null : OwnerOnly, isSecret: !isPublic);
        }

        // systemd.unit(5): an empty file masks a unit.
        foreach (string unit in s_units.Where(unit => system.Exists($"usr/lib/systemd/system/{unit}") || system.Exists($"etc/systemd/system/{unit}")))
            layer.Write(Step, $"etc/systemd/system/{unit}", "");
    }
}
