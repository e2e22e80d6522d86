using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;

namespace Bramble.Fleet.Service;

/// <summary>Decides what a DHCP step says about the address of a board.</summary>
internal static class AddressRule
{
    /// <summary>Decides for one step.</summary>
    /// <param name="kind">The step.</param>
    /// <param name="firmware">The board's firmware did it, and not its system.</param>
    /// <param name="family">The board's family.</param>
    /// <param name="proxy">Another server gives the addresses.</param>
    public static AddressStep Of(DhcpEventKind kind, bool firmware, PiFamily family, bool proxy) => kind switch
    {
        DhcpEventKind.Ack => AddressStep.Given,
        DhcpEventKind.Offer when firmware && family == PiFamily.Pi3 => AddressStep.Held,
        DhcpEventKind.Request or DhcpEventKind.OtherServer when proxy => AddressStep.Said,
        _ => AddressStep.None,
    };
}
