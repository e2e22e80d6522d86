using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bramble.Benchmarks.Dhcp;
using Bramble.Linux.Net;
using Bramble.Tftp.Wire;

namespace Bramble.Benchmarks.Panel;

/// <summary>
/// How long a server takes to answer while its front panel is well or not: new clients' DHCP exchanges, and TFTP requests for a file that there is
/// not (each asks the fleet, which the panel asks too), both fifty a second and at the same time. <c>scripts/bench panel</c> runs it.
/// </summary>
internal static class PanelLoad
{
    private const int Rate = 50;
    private const int Patience = 1000;

    /// <summary>Prints one line: of DHCP and of TFTP how many, how many without an answer within a second, median, 99th percentile and longest in ms.</summary>
    public static int Run(string server, string relay, string seconds)
    {
        var duration = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));
        using var dhcp = new DhcpLoad(Ipv4Address.Parse(server), Ipv4Address.Parse(relay));
        // A few first, so that the code is compiled.
        dhcp.Run(Rate, TimeSpan.FromSeconds(0.5));
        Ask(IPAddress.Parse(server), TimeSpan.FromSeconds(0.5));
        TimeSpan[] tftp = [];
        var asking = new Thread(() => tftp = Ask(IPAddress.Parse(server), duration));
        asking.Start();
        DhcpLoadResult leases = dhcp.Run(Rate, duration);
        asking.Join();
        Console.WriteLine($"dhcp {Words(leases.Offered, leases.Times)} tftp {Words(tftp.Length, [.. tftp.Where(t => t > TimeSpan.Zero).Order()])}");
        return 0;
    }

    /// <summary>Asks one after the other.</summary>
    /// <returns>Time of each answer; zero for none.</returns>
    private static TimeSpan[] Ask(IPAddress server, TimeSpan duration)
    {
        var times = new List<TimeSpan>();
        byte[] request = new byte[64];
        int length = TftpPacketWriter.WriteRequest(request, TftpOpcode.ReadRequest, "8a1b2c3d/no-such-file", "octet", new TftpOptionSet());
        byte[] answer = new byte[1500];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) is var now && now < duration)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)times.Count / Rate);
            if (due > now)
            {
                Thread.Sleep(due - now);
            }

            // Each request of a port of its own, as a board's are: an answer that comes late is not taken for the next one's.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Patience };
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            long sent = Stopwatch.GetTimestamp();
            socket.SendTo(request.AsSpan(0, length), SocketFlags.None, new IPEndPoint(server, 69));
            try
            {
                socket.ReceiveFrom(answer, ref from);
                times.Add(Stopwatch.GetElapsedTime(sent));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                times.Add(TimeSpan.Zero);
            }
        }

        return [.. times];
    }

    private static string Words(int asked, TimeSpan[] sorted) => string.Create(CultureInfo.InvariantCulture,
        $"{asked} {asked - sorted.Length} {At(sorted, 0.5):F2} {At(sorted, 0.99):F2} {At(sorted, 1):F2}");

    private static double At(TimeSpan[] sorted, double quantile) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(quantile * sorted.Length))].TotalMilliseconds;
}
