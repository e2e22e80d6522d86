using System.Text;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Roots;

/// <summary>
/// Boot folders of clients whose root is another server's, where nothing is written. What tells this server that the client is up goes into <c>/run</c>
/// instead, which the initramfs hands over to the system: a boot script of initramfs-tools (<c>boot=bramble-external</c>), appended to each initramfs.
/// </summary>
internal sealed class ExternalBoot(DataDisk disk)
{
    /// <summary>Name of the boot script.</summary>
    internal const string ScriptName = "bramble-external";

    private const string Folder = "bramble/run";
    private const string Unit = "bramble-up-external.service";
    private const UnixFileMode Readable = (UnixFileMode)0b110_100_100;

    // What the image's own script for the root does, by name: both are read before this one. /run is mounted without the right to run programs.
    private const string Script = """
        # Written by Bramble: the root is another server's; the unit that tells Bramble that this machine is up goes into /run.
        bramble_kind()
        {
        	case "${ROOT}" in /dev/nfs|"") echo nfs ;; *) echo local ;; esac
        }

        mount_top() { "$(bramble_kind)_top"; }

        mount_premount() { "$(bramble_kind)_premount"; }

        mount_bottom() { "$(bramble_kind)_bottom"; }

        mountroot()
        {
        	"$(bramble_kind)_mount_root"
        	mkdir -p /run/bramble /run/systemd/system/multi-user.target.wants
        	( umask 077; cat /bramble/run/beacon.conf >/run/bramble/beacon.conf )
        	cat /bramble/run/up >/run/bramble/up
        	cat /bramble/run/bramble-up-external.service >/run/systemd/system/bramble-up-external.service
        	ln -s ../bramble-up-external.service /run/systemd/system/multi-user.target.wants/bramble-up-external.service
        }

        """;

    /// <summary>Writes every initramfs of a state's boot folder anew: the image's, and the client's archive behind it.</summary>
    /// <param name="state">Folder of the state, with its boot folder.</param>
    /// <param name="personality">The client's personal files.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <returns>What was done; nothing if the image boots without an initramfs.</returns>
    internal async Task<IReadOnlyList<EditStep>> WriteAsync(string state, Personality personality, CancellationToken cancellation)
    {
        if (!personality.IsOn("up-beacon"))
            return [];
        byte[] archive = InitramfsArchive.Pack(
        [
            ($"{Folder}/beacon.conf", Encoding.UTF8.GetBytes(personality.BeaconConfig), UnixFileMode.UserRead | UnixFileMode.UserWrite),
            ($"{Folder}/up", Encoding.UTF8.GetBytes(InRun(UpBeacon.Script)), Readable),
            ($"{Folder}/{Unit}", Encoding.UTF8.GetBytes(InRun(UpBeacon.Unit).Replace("ExecStart=/usr/lib/bramble/up", "ExecStart=/bin/bash /run/bramble/up", StringComparison.Ordinal)), Readable),
            ($"scripts/{ScriptName}", Encoding.UTF8.GetBytes(Script), Readable),
        ]);
        IReadOnlyList<string> files = await new InitramfsArchive(disk).AppendAsync(personality.Record.Image, state, archive, cancellation);
        return [.. files.Select(static file => new EditStep("up-beacon", $"boot/{file}", "", $"behind it an archive with scripts/{ScriptName}, which puts {Unit} into /run"))];
    }

    private static string InRun(string text) => text.Replace($"/{UpBeacon.ConfigPath}", "/run/bramble/beacon.conf", StringComparison.Ordinal);
}
