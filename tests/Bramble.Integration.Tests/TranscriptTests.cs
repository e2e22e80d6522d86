using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>The boots that real boards did, played against the published binary.</summary>
[Trait("kind", "integration")]
public sealed class TranscriptTests
{
    [Theory]
    [InlineData("pi3bplus-nosd-dhcp-serial-prefix-rpios64", "server")]
    [InlineData("pi4b-dhcp-serial-prefix-64bit", "server")]
    [InlineData("pi4b-option66-only", "server")]
    [InlineData("pi5-dhcp-phase-proxydhcp", "server")]
    [InlineData("pi5-rpios-derived", "server")]
    public void Each_recorded_boot_ends_as_it_did(string id, string mode)
    {
        using var box = new BootBox($"[dhcp]\nmode = {mode}\n");
        Dictionary<string, byte[]> files = FilesOf(box, id);
        string image = PiDisk.Make(box.Folder, "pi.img", files);
        box.Bramble("image", "add", image, "--name", "pi");
        string expected = Path.Combine(box.DataFolder, "images/pi/boot");
        box.Start();

        ShellResult replay = box.VirtualPi(
            "replay", "--transcript", Recordings.File, "--id", id, "--interface", "pi0", "--boot-files", expected, "--expect", "cmdline.txt");

        Assert.True(replay.ExitCode == 0, $"{replay.Output}{replay.Error}\nServer:\n{box.Server.Output}");
    }

    private static Dictionary<string, byte[]> FilesOf(BootBox box, string id)
    {
        Dictionary<string, byte[]> files = new() { ["LICENCE.broadcom"] = PiDisk.Content("LICENCE") };
        ShellResult list = box.VirtualPi("replay", "--transcript", Recordings.File, "--id", id, "--list-files");
        Assert.Equal(0, list.ExitCode);
        foreach (string line in list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] columns = line.Split('\t');
            string path = columns[2].Contains('/', StringComparison.Ordinal) && columns[2].IndexOf('/', StringComparison.Ordinal) == 8
                ? columns[2][9..].TrimStart('/') : columns[2];
            if (columns[1] == "present")
            {
                files[path] = PiDisk.Content(path);
            }
        }

        if (files.ContainsKey("config.txt"))
        {
            bool uefi = files.ContainsKey("RPI_EFI.fd");
            files["config.txt"] = uefi ? "arm_64bit=1\nkernel=RPI_EFI.fd\n"u8.ToArray() : "arm_64bit=1\n"u8.ToArray();
        }

        if (files.ContainsKey("cmdline.txt"))
        {
            files["cmdline.txt"] = "console=tty1 root=PARTUUID=aabbccdd-02 rootwait\n"u8.ToArray();
        }

        return files;
    }
}
