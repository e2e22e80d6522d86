using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>Reads the interfaces with getifaddrs(3), which sees the network namespace of the process (sysfs may show another).</summary>
internal static class InterfaceReader
{
    private const uint Up = 0x1;
    private const uint Loopback = 0x8;
    private const uint Running = 0x40;

    public static unsafe IReadOnlyList<InterfaceInfo> Read()
    {
        InterfaceAddress* first;
        if (Libc.GetInterfaceAddresses(&first) != 0)
        {
            throw new IOException($"The network interfaces cannot be listed: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            var found = new SortedDictionary<int, Entry>();
            var byName = new Dictionary<string, Entry>(StringComparer.Ordinal);
            for (InterfaceAddress* entry = first; entry != null; entry = entry->Next)
            {
                if (entry->Address != null && *(ushort*)entry->Address == Libc.AddressFamilyPacket)
                {
                    string name = Marshal.PtrToStringUTF8((nint)entry->Name) ?? "";
                    int index = *(int*)(entry->Address + 4);
                    bool hasMac = entry->Address[11] == MacAddress.Length;
                    MacAddress mac = hasMac ? MacAddress.FromOctets(new ReadOnlySpan<byte>(entry->Address + 12, MacAddress.Length)) : default;
                    found[index] = byName[name] = new Entry(name, mac, entry->Flags, []);
                }
            }

            for (InterfaceAddress* entry = first; entry != null; entry = entry->Next)
            {
                if (entry->Address == null || *(ushort*)entry->Address != Libc.AddressFamilyInet || entry->Netmask == null)
                {
                    continue;
                }

                // An address with a label ("eth0:1") belongs to the interface before the colon.
                string name = (Marshal.PtrToStringUTF8((nint)entry->Name) ?? "").Split(':')[0];
                uint address = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(entry->Address + 4, 4));
                uint mask = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(entry->Netmask + 4, 4));
                if (byName.TryGetValue(name, out Entry? owner))
                {
                    owner.Addresses.Add((new Ipv4Address(address), Ipv4Subnet.PrefixLengthOf(new Ipv4Address(mask))));
                }
            }

            return [.. found.Select(p => new InterfaceInfo(
                p.Value.Name,
                p.Key,
                p.Value.Mac,
                KindOf(p.Value.Name, p.Value.Flags),
                (p.Value.Flags & Up) != 0,
                (p.Value.Flags & Running) != 0,
                p.Value.Addresses))];
        }
        finally
        {
            Libc.FreeInterfaceAddresses(first);
        }
    }

    private static InterfaceKind KindOf(string name, uint flags)
    {
        if ((flags & Loopback) != 0)
        {
            return InterfaceKind.Loopback;
        }

        string folder = Path.Combine("/sys/class/net", name);
        if (Directory.Exists(Path.Combine(folder, "wireless")) || Path.Exists(Path.Combine(folder, "phy80211")))
        {
            return InterfaceKind.Wireless;
        }

        return Path.Exists(Path.Combine(folder, "device")) ? InterfaceKind.Wired : InterfaceKind.Virtual;
    }

    private sealed record Entry(string Name, MacAddress Mac, uint Flags, List<(Ipv4Address, int)> Addresses);
}
