using System.Buffers.Binary;
using Bramble.Linux.Net;

namespace Bramble.Integration.Tests.Lab;

/// <summary>What went over a switch to DHCP ports, from now on. dnsmasq and Kea, tcpdump and the kernel agree on this form (pcap, version 2.4).</summary>
internal sealed class Capture : IDisposable
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int Ethernet = 14;

    private readonly string _file = Path.GetTempFileName();
    private readonly RunningProgram _tcpdump;

    public Capture(Switch at)
    {
        _tcpdump = new RunningProgram("ip", Segment.In(
            at.Namespace, "tcpdump", "-i", Switch.Bridge, "-Z", "root", "--immediate-mode", "-U", "-s", "0", "-w", _file, "udp and (port 67 or port 68)"));
        _tcpdump.WaitForOutput("listening on", Wait.Soon);
    }

    /// <summary>The messages of one client so far, in order, each with its number in the whole capture.</summary>
    public IReadOnlyList<SeenMessage> Of(string mac) => [.. All().Where(m => m.Client.ToString() == mac)];

    /// <summary>All messages so far, in order.</summary>
    public IReadOnlyList<SeenMessage> All()
    {
        byte[] octets;
        using (var file = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            octets = new byte[file.Length];
            file.ReadExactly(octets);
        }

        var messages = new List<SeenMessage>();
        for (int at = FileHeader; at + RecordHeader <= octets.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(octets.AsSpan(at + 8));
            at += RecordHeader;
            if (at + length > octets.Length)
            {
                break;
            }

            ReadOnlySpan<byte> frame = octets.AsSpan(at, length);
            at += length;
            int headers = Ethernet + ((frame[Ethernet] & 15) * 4) + 8;
            if (SeenMessage.TryRead(
                MacAddress.FromOctets(frame[6..]), MacAddress.FromOctets(frame), Ipv4Address.FromOctets(frame[(Ethernet + 12)..]),
                Ipv4Address.FromOctets(frame[(Ethernet + 16)..]), frame[headers..]) is { } message)
            {
                messages.Add(message);
            }
        }

        return messages;
    }

    public void Dispose()
    {
        _tcpdump.Dispose();
        File.Delete(_file);
    }
}
