using Bramble.Linux.Net;

namespace Bramble.Fleet.Service;

/// <summary>Which board has which address, learned from DHCP and from the neighbour table. Guarded by the service's lock.</summary>
internal sealed class AddressBook(int limit)
{
    /// <summary>For so long after a look into the neighbour table its answer holds: the table is a file, and a boot asks for a hundred files.</summary>
    private static readonly TimeSpan s_shownFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Ipv4Address, Entry> _entries = [];

    /// <summary>Notes that a board has an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="mac">The board.</param>
    /// <param name="proof">How that is known. It does not take an address from another board that is known to have it by better proof.</param>
    /// <param name="now">The time.</param>
    /// <returns>False if the address belongs to another board.</returns>
    public bool Note(Ipv4Address address, MacAddress mac, AddressProof proof, DateTimeOffset now)
    {
        if (address.IsAny || address == Ipv4Address.Broadcast)
        {
            return false;
        }

        if (_entries.TryGetValue(address, out Entry old))
        {
            if (old.Mac != mac && old.Proof > proof)
            {
                return false;
            }
        }
        else if (_entries.Count >= limit)
        {
            // Full only under forged requests: begin anew, the neighbour table knows those that are there.
            _entries.Clear();
        }

        bool keeps = old.Mac == mac && old.Proof > proof;
        _entries[address] = new Entry(mac, keeps ? old.Proof : proof, keeps && proof == AddressProof.Said ? old.Noted : now);
        return true;
    }

    /// <summary>Finds the board of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="mac">The board.</param>
    /// <param name="now">The time.</param>
    /// <param name="isProven">False if only a message said so, or a look into the neighbour table is due.</param>
    public bool TryFind(Ipv4Address address, out MacAddress mac, DateTimeOffset now, out bool isProven)
    {
        bool found = _entries.TryGetValue(address, out Entry entry);
        mac = entry.Mac;
        isProven = found && (entry.Proof == AddressProof.Given || (entry.Proof == AddressProof.Shown && now - entry.Noted < s_shownFor));
        return found;
    }

    /// <summary>Finds the board that is known to have, or to have had last, an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isOnLink">It is in a network that this server is on: there a message of the board's own is not enough.</param>
    /// <param name="mac">The board.</param>
    public bool TryFind(Ipv4Address address, bool isOnLink, out MacAddress mac)
    {
        bool found = _entries.TryGetValue(address, out Entry entry) && (entry.Proof > AddressProof.Said || !isOnLink);
        mac = entry.Mac;
        return found;
    }

    /// <summary>Another server gives the addresses from now on: what this one gave may be given to others.</summary>
    public void ForgetGiven()
    {
        foreach ((Ipv4Address address, Entry entry) in _entries)
        {
            _entries[address] = entry with { Proof = entry.Proof == AddressProof.Given ? AddressProof.Shown : entry.Proof };
        }
    }

    private readonly record struct Entry(MacAddress Mac, AddressProof Proof, DateTimeOffset Noted);
}
