using System.Buffers.Binary;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Watch;

/// <summary>What a switch says of its spanning tree (IEEE 802.1D-2004 clause 9; Cisco's PVST+ puts the same into SNAP).</summary>
/// <param name="From">Ethernet address of the switch's port.</param>
/// <param name="Version">0 STP, 2 RSTP, 3 MSTP.</param>
/// <param name="ForwardDelay">Time that a port spends listening, and again learning, before it forwards.</param>
internal readonly record struct Bpdu(MacAddress From, int Version, TimeSpan ForwardDelay)
{
    private const int Llc = 14;
    private const int ForwardDelayAt = 33;
    private const byte Configuration = 0;
    private const byte Rapid = 2;

    // DSAP and SSAP of the spanning tree, unnumbered information.
    private static ReadOnlySpan<byte> SpanningTree => [0x42, 0x42, 0x03];

    // SNAP, Cisco's OUI, PVSTP+.
    private static ReadOnlySpan<byte> PerVlan => [0xAA, 0xAA, 0x03, 0x00, 0x00, 0x0C, 0x01, 0x0B];

    /// <summary>Opens an IEEE 802.3 frame. False for everything that is no whole BPDU with timers.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Bpdu bpdu)
    {
        bpdu = default;
        if (frame.Length < Llc + SpanningTree.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> body = frame[Llc..];
        body = body.StartsWith(SpanningTree) ? body[SpanningTree.Length..] : body.StartsWith(PerVlan) ? body[PerVlan.Length..] : default;
        if (body.Length < ForwardDelayAt + 2 || BinaryPrimitives.ReadUInt16BigEndian(body) != 0 || body[3] is not (Configuration or Rapid))
        {
            return false;
        }

        // In 256ths of a second; the standard allows 4 to 30 s.
        double seconds = BinaryPrimitives.ReadUInt16BigEndian(body[ForwardDelayAt..]) / 256.0;
        if (seconds is < 1 or > 60)
        {
            return false;
        }

        bpdu = new Bpdu(MacAddress.FromOctets(frame[6..]), body[2], TimeSpan.FromSeconds(seconds));
        return true;
    }
}
