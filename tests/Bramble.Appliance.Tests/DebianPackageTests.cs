using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>The Debian package on Debian 13, in a folder with the packages that the image is made of: no virtual machine, and nothing is started.</summary>
[Trait("kind", "vm")]
public sealed class DebianPackageTests
{
    [Fact]
    public void It_installs_on_a_plain_Debian_and_goes_without_a_trace()
    {
        Shell.Run(Path.Combine(Repository.Root, "scripts", "image"), "--deb", "--arch", "amd64", "--binary", Repository.Bramble);
        string package = Directory.GetFiles(Path.Combine(Repository.Root, "out"), "bramble_*_amd64.deb").Single();
        ShellResult made = Shell.TryRun(TimeSpan.FromMinutes(10), Path.Combine(Repository.Root, "image", "base"), "amd64");
        string root = Directory.CreateTempSubdirectory("bramble-deb-").FullName;
        try
        {
            Shell.Run("tar", "-C", root, "-xpf", made.Output.Trim(), "--numeric-owner", "--exclude=./dev/*", "--exclude=./usr/lib/modules/*");
            File.Copy(package, Path.Combine(root, "bramble.deb"));
            string In(string command) => Shell.Run("chroot", root, "sh", "-euc", "exec 2>&1; " + command);

            In("mknod -m 666 /dev/null c 1 3; dpkg -i /bramble.deb");
            Assert.Equal("install ok installed", In("dpkg-query -W -f='${Status}' bramble"));
            Assert.Contains("bramble", In("id bramble"), StringComparison.Ordinal);
            Assert.Contains("no mistakes", In("bramble config check"), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(root, "etc/systemd/system/multi-user.target.wants/bramble.service")) || new FileInfo(Path.Combine(root, "etc/systemd/system/multi-user.target.wants/bramble.service")).LinkTarget is not null);
            Assert.Equal("", In("ldd /usr/bin/bramble | grep 'not found' || true"));

            // A person's settings are theirs.
            In("echo '[server]' >/etc/bramble/bramble.conf; dpkg -r bramble");
            Assert.False(File.Exists(Path.Combine(root, "usr/bin/bramble")));
            Assert.True(File.Exists(Path.Combine(root, "etc/bramble/bramble.conf")));
            In("dpkg -P bramble");
            Assert.False(File.Exists(Path.Combine(root, "etc/bramble/bramble.conf")));
            Assert.False(Directory.Exists(Path.Combine(root, "var/lib/bramble")));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
