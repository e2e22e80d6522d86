using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Commands;

/// <summary>
/// Runs an image's own package manager inside a copy of the image: chroot(1) in mount, process, IPC and host name namespaces of its own, without the rights
/// that reach the machine itself, and without a service manager: nothing is started. Programs of another architecture need qemu-user with binfmt_misc.
/// </summary>
internal static class ImageContainer
{
    private const string LostRights = "-sys_admin,-sys_module,-sys_rawio,-sys_boot,-sys_time,-sys_ptrace,-sys_tty_config,-syslog,-net_admin,-net_raw,-mac_admin,-mac_override,-mknod,-audit_control";

    // What is mounted is seen in here only, and gone with the last process. $1: the copy. $2: where its boot tree is mounted. $3: rights. $4: what for.
    private const string Outside = """
        set -eu
        root=$1/root
        mount --bind "$root" "$root"
        mount --bind "$1/boot" "$root$2"
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o mode=0755,nosuid tmpfs "$root/run"
        mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
        mount -t tmpfs -o mode=0755,nosuid,size=1m tmpfs "$root/dev"
        for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
            IFS=: read -r name major minor <<<"$node"
            mknod -m 666 "$root/dev/$name" c "$major" "$minor"
        done
        mkdir -p "$root/dev/shm" "$root/dev/pts"
        ln -s /proc/self/fd "$root/dev/fd"
        cat /etc/resolv.conf >"$root/run/host-resolv.conf" 2>/dev/null || :
        if ! chroot "$root" /bin/sh -c :; then
            echo "The image's programs do not run on this machine. Is it one of another architecture? Install qemu-user-static and binfmt-support." >&2
            exit 90
        fi
        exec setpriv --bounding-set "$3" --inh-caps=-all chroot "$root" /bin/sh -c "$5" sh "$4"
        """;

    // policy-rc.d: packages that start their daemons when they are installed are told not to.
    private const string Inside = """
        set -eu
        export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        command -v apt-get >/dev/null || { echo "The image has no apt-get: it is none of the Debian family. Install what is missing yourself, and import it again." >&2; exit 91; }

        resolv=$(readlink -m /etc/resolv.conf)
        mkdir -p "${resolv%/*}"
        [ ! -e "$resolv" ] || cp -p "$resolv" /run/saved-resolv.conf
        [ ! -s /run/host-resolv.conf ] || cat /run/host-resolv.conf >"$resolv"
        policy=/usr/sbin/policy-rc.d
        [ -e $policy ] && policy= || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; }
        lists=$(find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | head -n 1)

        packages=initramfs-tools
        case " $1 " in *" iscsi "*) packages="$packages open-iscsi"; mkdir -p /etc/iscsi; : >/etc/iscsi/iscsi.initramfs ;; esac
        case " $1 " in *" overlay "*)
            packages="$packages nfs-common"
            mkdir -p /etc/initramfs-tools
            grep -qsx overlay /etc/initramfs-tools/modules || echo overlay >>/etc/initramfs-tools/modules
        esac
        echo "== Reading the lists of packages"
        apt-get -q update
        echo "== Installing $packages"
        apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold install $packages
        echo "== Making the initramfs"
        for folder in /lib/modules/*/; do
            kernel=$(basename "$folder")
            [ -e "$folder/modules.dep" ] || continue

            # One that is to be updated may be kept as it is (update_initramfs=no), one that is not there is made.
            rm -f "/boot/initrd.img-$kernel"
            update-initramfs -c -k "$kernel"
        done

        # A name that every clone would share: each machine makes its own.
        [ ! -e /etc/iscsi/initiatorname.iscsi ] || echo GenerateName=yes >/etc/iscsi/initiatorname.iscsi
        apt-get -q clean
        [ -n "$lists" ] || find /var/lib/apt/lists -type f -delete
        [ -z "$policy" ] || rm -f $policy
        if [ -e /run/saved-resolv.conf ]; then cat /run/saved-resolv.conf >"$resolv"; else rm -f "$resolv"; fi
        """;

    private const int ShownLines = 12;

    /// <summary>Installs what kinds of root need.</summary>
    /// <param name="folder">A copy of the image with its trees <c>boot</c> and <c>root</c>, for nobody else's use.</param>
    /// <param name="bootMountPoint">Where the boot tree is mounted in the running system.</param>
    /// <param name="kinds">The kinds.</param>
    /// <param name="progress">Told about every step.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="StorageException">It failed; the message has its last words.</exception>
    public static async Task InstallAsync(string folder, string bootMountPoint, IReadOnlyList<RootKind> kinds, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        var last = new Queue<string>();
        string[] arguments =
        [
            "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--propagation", "private", "--", "bash", "-c", "{ " + Outside + "\n} 2>&1", "bash",
            folder, bootMountPoint, LostRights, string.Join(' ', kinds.Select(static kind => kind.ToString().ToLowerInvariant())), Inside,
        ];
        ProcessResult result;
        try
        {
            result = await ChildProcess.RunAsync("unshare", arguments, null, ReadAsync, cancellation);
        }
        catch (IOException e)
        {
            throw new StorageException($"The container cannot be made: {e.Message}", e);
        }

        if (!result.Succeeded)
        {
            throw new StorageException($"What is missing could not be installed. Nothing was changed. The last words were:\n  {string.Join("\n  ", last)}");
        }

        async Task ReadAsync(Stream output, CancellationToken token)
        {
            using var reader = new StreamReader(output);
            while (await reader.ReadLineAsync(token) is { } line)
            {
                if (line.StartsWith("== ", StringComparison.Ordinal))
                {
                    progress.Report(new ImportProgress(line[3..], 0, 0));
                    continue;
                }

                last.Enqueue(string.Concat(line.Where(static c => !char.IsControl(c))));
                if (last.Count > ShownLines)
                {
                    last.Dequeue();
                }
            }
        }
    }
}
