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
    [Fact]
    public async Task The_script_repeats_itself_until_it_is_acknowledged()
    {
        string folder = Directory.CreateTempSubdirectory("bramble-beacon-").FullName;
        using UdpClient server = new(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)server.Client.LocalEndPoint!).Port;
        await File.WriteAllTextAsync($"{folder}/beacon.conf", UpBeacon.Config("127.0.0.1", port, "pi-1", "00112233445566778899aabbccddeeff"));
        await File.WriteAllTextAsync($"{folder}/up", UpBeacon.Script.Replace("/etc/bramble/beacon.conf", $"{folder}/beacon.conf", StringComparison.Ordinal));

        // No PATH: nothing but bash itself.
        ProcessStartInfo start = new("/bin/bash", [$"{folder}/up"]);
        start.Environment["PATH"] = "/nowhere";
        using Process script = Process.Start(start)!;
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
            string bootId = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", limit.Token)).Trim();
            string expected = $"bramble-up 1 pi-1 00112233445566778899aabbccddeeff {bootId}\n";
            UdpReceiveResult first = await server.ReceiveAsync(limit.Token);
            Assert.Equal(expected, Encoding.ASCII.GetString(first.Buffer));
            await server.SendAsync(Encoding.ASCII.GetBytes($"ok {bootId.Replace(bootId[0], 'z')}\n"), first.RemoteEndPoint, limit.Token);
            UdpReceiveResult second = await server.ReceiveAsync(limit.Token);
            Assert.Equal(expected, Encoding.ASCII.GetString(second.Buffer));
            Assert.False(script.HasExited);
            await server.SendAsync(Encoding.ASCII.GetBytes($"ok {bootId}\n"), second.RemoteEndPoint, limit.Token);
            await script.WaitForExitAsync(limit.Token);
            Assert.Equal(0, script.ExitCode);
        }
        finally
        {
            if (!script.HasExited)
                script.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }
}
