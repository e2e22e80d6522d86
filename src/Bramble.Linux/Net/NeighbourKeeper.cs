using System.Buffers.Binary;
using Bramble.Linux.Native;

namespace Bramble.Linux.Net;

/// <summary>
/// Keeps entries of the kernel's neighbour (ARP) table from going stale, for machines that do not answer ARP while they are busy.
/// A send with MSG_CONFIRM and MSG_PROBE and no data tells the kernel that the neighbour is there (send(2)); no packet leaves,
/// and it needs no privilege, where a permanent entry would need CAP_NET_ADMIN.
/// </summary>
public sealed unsafe class NeighbourKeeper : IDisposable
{
    /// <summary>The kernel asks for an entry that is in use and was not confirmed for five seconds (delay_first_probe_time, arp(7)): confirm it more often.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Confirmation sends no datagram, and a question sends an empty one; discard (RFC 863) is as good as any port.
    private const ushort AnyPort = 9;

    private readonly Lock _gate = new();
    private int _fd = -1;

    /// <summary>Says that the machine behind an address is there. False if the system refuses. An address without an entry stays without one.</summary>
    public bool TryConfirm(Ipv4Address address) => TrySend(address, Libc.MsgConfirm | Libc.MsgProbe);

    /// <summary>Sends an empty datagram to an address, so that the kernel asks by ARP who has it. False if the system refuses.</summary>
    public bool TryAsk(Ipv4Address address) => TrySend(address, Libc.MsgDontWait);

    private bool TrySend(Ipv4Address address, int flags)
    {
        lock (_gate)
        {
            if (_fd < 0)
            {
                _fd = Libc.Socket(Libc.AddressFamilyInet, Libc.SockDgram | Libc.SockCloseOnExec, 0);
            }

            var to = new SocketAddress
            {
                Family = Libc.AddressFamilyInet,
                Port = BinaryPrimitives.ReverseEndianness(AnyPort),
                Address = BinaryPrimitives.ReverseEndianness(address.Value),
            };
            return _fd >= 0 && Libc.SendTo(_fd, null, 0, flags, &to, (uint)sizeof(SocketAddress)) == 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_fd >= 0)
            {
                _ = Libc.Close(_fd);
                _fd = -1;
            }
        }
    }
}
