using System.Globalization;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>
/// One network segment in a namespace: a bridge with this machine's end (192.168.77.9), the box's tap, and for each of three Pis a network
/// card and the tap of its kernel.
/// </summary>
internal sealed class LabNetwork : IDisposable
{
    private static int s_count;

    public LabNetwork()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"br-at-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Shell.Run("ip", "netns", "add", Name);
        Ip("link", "set", "lo", "up");
        Ip("link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
        Ip("addr", "add", "192.168.77.9/24", "dev", "br0");
        Ip("link", "set", "br0", "up");
        Run("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1");
        foreach (string tap in (string[])["tap-box", "tap-pi1", "tap-pi2", "tap-pi3"])
        {
            Run("ip", "tuntap", "add", tap, "mode", "tap");
            Ip("link", "set", tap, "master", "br0", "up");
        }

        foreach (string pi in (string[])["pi1", "pi2", "pi3"])
        {
            Ip("link", "add", pi, "type", "veth", "peer", "name", pi + "-port");
            Ip("link", "set", pi + "-port", "master", "br0", "up");
            Ip("link", "set", pi, "up");
        }
    }

    public string Name { get; }

    /// <summary>The words for ip(8) that run a program on this segment.</summary>
    public IEnumerable<string> In(string program, params IEnumerable<string> arguments) => ["netns", "exec", Name, program, .. arguments];

    public string Run(string program, params string[] arguments) => Shell.Run("ip", [.. In(program, arguments)]);

    public void Ip(params string[] arguments) => Shell.Run("ip", ["-n", Name, .. arguments]);

    public void Dispose() => Shell.CleanUp("ip", "netns", "del", Name);
}
