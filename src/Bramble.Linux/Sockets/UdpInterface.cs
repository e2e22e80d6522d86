using System.Runtime.CompilerServices;
using Bramble.Linux.Native;

namespace Bramble.Linux.Sockets;

/// <summary>Facts about network interfaces by their index, from the kernel (netdevice(7)).</summary>
public static unsafe class UdpInterface
{
    private const uint GetInterfaceName = 0x8910;
    private const uint GetInterfaceMtu = 0x8921;

    /// <summary>The index of the interface of that name, or 0 if there is none.</summary>
    public static int GetIndex(string name) => (int)Libc.InterfaceNameToIndex(name);

    /// <summary>The MTU of an interface in bytes, or 0 if there is no such interface.</summary>
    /// <param name="socket">Any socket.</param>
    /// <param name="index">The interface index, as in <see cref="UdpPacket.InterfaceIndex"/>.</param>
    public static int GetMtu(UdpSocket socket, int index)
    {
        ArgumentNullException.ThrowIfNull(socket);
        InterfaceRequest request = default;
        request.Number = index;
        return Libc.Ioctl(socket.Descriptor, GetInterfaceName, &request) == 0
            && Libc.Ioctl(socket.Descriptor, GetInterfaceMtu, &request) == 0 ? request.Number : 0;
    }

    /// <summary><c>struct ifreq</c>: 16 bytes of name, then a union of which the first int is used here.</summary>
    private struct InterfaceRequest
    {
        public InterfaceName Name;
        public int Number;
        public UnionRest Rest;
    }

    [InlineArray(16)]
    private struct InterfaceName
    {
        private byte _first;
    }

    [InlineArray(20)]
    private struct UnionRest
    {
        private byte _first;
    }
}
