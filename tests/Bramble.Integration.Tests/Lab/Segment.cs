using System.Globalization;

namespace Bramble.Integration.Tests.Lab;

/// <summary>
/// One network segment made of two namespaces and the cable between them: the server's (<c>srv0</c>, with an address) and the
/// boards' (<c>pi0</c>, without one). Everything goes away with it.
/// </summary>
internal sealed class Segment : IDisposable
{
    private static int s_count;

    public Segment(string serverAddress = "10.77.0.1/24")
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"br-it-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        (ServerNamespace, BoardNamespace) = (name + "s", name + "p");
        Shell.Run("ip", "netns", "add", ServerNamespace);
        Shell.Run("ip", "netns", "add", BoardNamespace);
        Shell.Run("ip", "-n", ServerNamespace, "link", "add", "srv0", "type", "veth", "peer", "name", "pi0", "netns", BoardNamespace);
        Shell.Run("ip", "-n", ServerNamespace, "addr", "add", serverAddress, "dev", "srv0");
        Shell.Run("ip", "-n", ServerNamespace, "link", "set", "lo", "up");
        Shell.Run("ip", "-n", ServerNamespace, "link", "set", "srv0", "up");
        Shell.Run("ip", "-n", BoardNamespace, "link", "set", "pi0", "up");
    }

    public string ServerNamespace { get; }

    public string BoardNamespace { get; }

    /// <summary>The words that run a program in the server's namespace.</summary>
    public static IEnumerable<string> In(string networkNamespace, string program, params IEnumerable<string> arguments) =>
        ["netns", "exec", networkNamespace, program, .. arguments];

    public void Dispose()
    {
        Shell.CleanUp("ip", "netns", "del", BoardNamespace);
        Shell.CleanUp("ip", "netns", "del", ServerNamespace);
    }
}
