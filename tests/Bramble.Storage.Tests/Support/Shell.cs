using Bramble.Linux.Processes;

namespace Bramble.Storage.Tests.Support;

internal static class Shell
{
    /// <summary>Makes a filesystem in a new file.</summary>
    public static Task MakeFilesystemAsync(string filesystem, string file, string size) => RunAsync($"""
        truncate -s {size} {file}
        # mkfs.btrfs asks every loop device of the machine what it holds, and gives up when another test's goes away meanwhile.
        until said=$(mkfs.{filesystem} -q {file} 2>&1); do
            [[ $said == *"cannot check mount status"* ]] || (echo "$said" >&2; exit 1)
            sleep 0.05
        done
        """);

    /// <summary>Runs a script inside a mounted disk.</summary>
    /// <param name="disk">The file.</param>
    /// <param name="script">The script; the disk's root is its working folder.</param>
    /// <param name="options">Options of mount(8).</param>
    /// <remarks>
    /// Not by "mount -o loop": where the device of an earlier mount is still there, which a process that is just being started can keep for a moment, mount(8)
    /// takes it again, with the superblock that it remembers. Then a UUID that was set in between is lost.
    /// </remarks>
    public static Task<string> InDiskAsync(string disk, string script, string options = "rw") => RunAsync($"""
        folder=$(mktemp -d); device=$(losetup --find --show {disk})
        trap 'cd /; ! mountpoint -q $folder || umount $folder; rmdir $folder; losetup --detach $device' EXIT
        mount -o {options} $device $folder
        cd $folder
        {script}
        """);

    /// <summary>Runs a script of the test's own; fails the test if it fails.</summary>
    public static async Task<string> RunAsync(string script)
    {
        ProcessResult result = await ChildProcess.RunAsync("bash", ["-euc", script], CancellationToken.None);
        return result.Succeeded ? result.Output.TrimEnd() : throw new InvalidOperationException($"{script}\n{result.Error}");
    }
}
