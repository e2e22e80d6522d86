using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bramble.Storage.Editing;
using Xunit;

namespace Bramble.Storage.Tests.Editing;

[Trait("kind", "integration")]
public sealed class UpBeaconTests
{
    private const string Token = "00112233445566778899aabbccddeeff";

    [Fact]
    public async Task The_script_repeats_itself_until_it_is_acknowledged_and_restarts_when_it_is_asked_to()
    {
        string folder = Directory.CreateTempSubdirectory("bramble-beacon-").FullName;
        using UdpClient server = new(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)server.Client.LocalEndPoint!).Port;
        await File.WriteAllTextAsync($"{folder}/beacon.conf", UpBeacon.Config("127.0.0.1", port, "pi-1", Token));
        await File.WriteAllTextAsync($"{folder}/up", UpBeacon.Script.Replace("/etc/bramble/beacon.conf", $"{folder}/beacon.conf", StringComparison.Ordinal));
        await File.WriteAllTextAsync($"{folder}/systemctl", $"#!/bin/bash\necho \"$*\" >{folder}/asked\n");
        File.SetUnixFileMode($"{folder}/systemctl", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // Nothing but bash itself, and what restarts the machine.
        ProcessStartInfo start = new("/bin/bash", [$"{folder}/up"]);
        start.Environment["PATH"] = folder;
        using Process script = Process.Start(start)!;
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
            string bootId = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", limit.Token)).Trim();
            foreach (string answer in new[] { $"ok {bootId.Replace(bootId[0], 'z')}", $"re {bootId.Replace(bootId[0], 'z')}", $"ok {bootId}", $"re {bootId}" })
            {
                UdpReceiveResult beacon = await server.ReceiveAsync(limit.Token);
                Assert.Equal($"bramble-up 1 pi-1 {Token} {bootId}\n", Encoding.ASCII.GetString(beacon.Buffer));
                Assert.False(script.HasExited);
                Assert.False(File.Exists($"{folder}/asked"));
                await server.SendAsync(Encoding.ASCII.GetBytes(answer + "\n"), beacon.RemoteEndPoint, limit.Token);
            }

            await script.WaitForExitAsync(limit.Token);
            Assert.Equal((0, "--no-block reboot\n"), (script.ExitCode, await File.ReadAllTextAsync($"{folder}/asked", limit.Token)));
        }
        finally
        {
            if (!script.HasExited)
                script.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }
}
