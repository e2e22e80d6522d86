using Bramble.Linux.Net;

namespace Bramble.Fleet.Service;

/// <summary>Which board has which address, learned from DHCP and from the neighbour table. Guarded by the service's lock.</summary>
internal sealed class AddressBook(int limit)
{
    private readonly Dictionary<Ipv4Address, Entry> _entries = [];

    /// <summary>Notes that a board has an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="mac">The board.</param>
    /// <param name="given">This server gave it. A board's own word does not take an address from one that it was given to.</param>
    /// <returns>False if the address belongs to another board.</returns>
    public bool Note(Ipv4Address address, MacAddress mac, bool given)
    {
        if (address.IsAny || address == Ipv4Address.Broadcast)
        {
            return false;
        }

        if (_entries.TryGetValue(address, out Entry old))
        {
            if (old.Mac != mac && old.Given && !given)
            {
                return false;
            }
        }
        else if (_entries.Count >= limit)
        {
            // Full only under forged requests: begin anew, the neighbour table knows those that are there.
            _entries.Clear();
        }

        _entries[address] = new Entry(mac, given || (old.Given && old.Mac == mac));
        return true;
    }

    public bool TryFind(Ipv4Address address, out MacAddress mac)
    {
        bool found = _entries.TryGetValue(address, out Entry entry);
        mac = entry.Mac;
        return found;
    }

    private readonly record struct Entry(MacAddress Mac, bool Given);
}
