using Bramble.Dhcp.Boards;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Policy;

/// <summary>Decides which boards boot. Called on the DHCP loop: must return at once and never block.</summary>
public interface IBootPolicy
{
    /// <summary>Decides for one message of a board.</summary>
    /// <param name="board">Who asks.</param>
    /// <param name="stage">Which of its programs asks.</param>
    /// <param name="server">This server's address on the network that it asks from.</param>
    BootDecision Decide(in BoardIdentity board, ClientStage stage, Ipv4Address server = default);

    /// <summary>True if an address of the pool is kept for another machine than <paramref name="mac"/>, so that nobody else is given it.</summary>
    /// <param name="address">An address of the pool.</param>
    /// <param name="mac">Who would get it.</param>
    bool IsReservedForOther(Ipv4Address address, MacAddress mac) => false;
}
