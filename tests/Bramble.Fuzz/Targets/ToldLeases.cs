using Bramble.Dhcp.Leases;
using Bramble.Linux.Net;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>Who was told on the wire that an address is his, and until when: no two at once.</summary>
internal sealed class ToldLeases
{
    private readonly Dictionary<Ipv4Address, (byte[] Mac, byte[]? Identifier, DateTimeOffset Until)> _told = [];

    /// <summary>Takes a DHCPACK.</summary>
    public void Acknowledge(Ipv4Address address, DhcpReader request, DateTimeOffset now, TimeSpan time)
    {
        CheckFree(address, request, now);
        _told[address] = (MacOf(request), request.Option(61), now + time);
    }

    /// <summary>Checks that nobody else holds an address that is offered or acknowledged.</summary>
    public void CheckFree(Ipv4Address address, DhcpReader request, DateTimeOffset now)
    {
        if (!_told.TryGetValue(address, out (byte[] Mac, byte[]? Identifier, DateTimeOffset Until) holder) || holder.Until <= now)
        {
            return;
        }

        bool sameMac = holder.Mac.AsSpan().SequenceEqual(MacOf(request));
        bool sameIdentifier = holder.Identifier is { } known && request.Option(61) is { } said && known.AsSpan().SequenceEqual(said);
        Require(sameMac || sameIdentifier, $"an address is held by two: {address}");
    }

    /// <summary>Forgets what was released or declined, as the book has it.</summary>
    public void Forget(LeaseBook book, DateTimeOffset now)
    {
        foreach (Ipv4Address address in _told.Keys)
        {
            if (book.FindByAddress(address) is not { } lease || lease.State is LeaseState.Released or LeaseState.Declined)
            {
                _told.Remove(address);
            }
            else
            {
                Require(_told[address].Until <= now || lease.IsHeld(now), $"the book forgot a lease that was acknowledged: {address}");
            }
        }
    }

    private static byte[] MacOf(DhcpReader request) => request.Message[28..34];
}
