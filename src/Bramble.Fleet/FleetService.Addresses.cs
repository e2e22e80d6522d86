using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;

namespace Bramble.Fleet;

/// <content>Which board has which address, and from when on its root may be opened to it.</content>
public sealed partial class FleetService
{
    /// <summary>A board that says that another server gave it an address has it within seconds, or never.</summary>
    private static readonly TimeSpan s_saidFor = TimeSpan.FromSeconds(60);

    private void LearnAddress(Board board, BoardState state, in DhcpEvent e, bool firmware)
    {
        bool proxy = _options.Mode == FleetMode.Proxy || state.Boots.Current is { Proxy: true };
        switch (AddressRule.Of(e.Kind, firmware, board.Family, proxy))
        {
            case AddressStep.Held:
                _addresses.Note(e.Address, board.Mac, AddressProof.Given, Now);
                break;
            case AddressStep.Given:
                if (_addresses.Note(e.Address, board.Mac, AddressProof.Given, Now))
                {
                    OpenRoot(board, e.Address, mayBind: firmware);
                }

                break;
            case AddressStep.Said:
                if (IsOnLink(e.Address))
                {
                    _addresses.Note(e.Address, board.Mac, AddressProof.Said, Now);
                    (state.SaidAddress, state.SaidAt) = (e.Address, Now);
                }
                else if (!e.Relay.IsAny && !IsOnLink(e.Relay) && _addresses.Note(e.Address, board.Mac, AddressProof.Said, Now))
                {
                    // A board behind a relay agent is not in the neighbour table. On a network of this server there is no relay agent.
                    OpenRoot(board, e.Address, mayBind: false);
                }

                break;
        }
    }

    /// <summary>
    /// Looks whether boards have the addresses that they say another server gave them. Only the neighbour table tells: anybody can send a DHCPREQUEST in the name of a board.
    /// </summary>
    /// <returns>True while there are some: look again soon.</returns>
    internal bool ConfirmAddresses()
    {
        List<(MacAddress Mac, Ipv4Address Address)> said = [];
        lock (_gate)
        {
            foreach ((MacAddress mac, BoardState state) in _boardStates)
            {
                if (state.SaidAddress.IsAny)
                {
                    continue;
                }

                if (Now - state.SaidAt >= s_saidFor)
                {
                    state.SaidAddress = default;
                    continue;
                }

                // Only a bound client's root is opened here. Others are proved by their first file, and anybody can invent boards.
                if (_registry.FindBoard(mac) is { } known && _registry.ClientOf(known) is { Bound: not null })
                {
                    said.Add((mac, state.SaidAddress));
                }
            }
        }

        foreach ((MacAddress mac, Ipv4Address address) in said)
        {
            if (!_neighbours.TryFind(address, out MacAddress holder) || holder != mac)
            {
                _neighbours.Ask(address);
                continue;
            }

            lock (_gate)
            {
                if (_registry.FindBoard(mac) is { } board && _boardStates.TryGetValue(mac, out BoardState? state) && state.SaidAddress == address)
                {
                    state.SaidAddress = default;
                    if (_addresses.Note(address, mac, AddressProof.Shown, Now))
                    {
                        OpenRoot(board, address, mayBind: false);
                    }
                }
            }
        }

        return said.Count > 0;
    }

    /// <summary>Finds the board that is known to have an address.</summary>
    private bool TryFindHolder(Ipv4Address address, out MacAddress mac) => _addresses.TryFind(address, IsOnLink(address), out mac);

    /// <summary>True for an address of a network that this server is on.</summary>
    private bool IsOnLink(Ipv4Address address)
    {
        foreach (ServerNetwork network in _options.Networks)
        {
            if (network.Subnet.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Has the root of a board's client opened to an address that the board is known to have.</summary>
    /// <param name="board">The board.</param>
    /// <param name="address">Its address.</param>
    /// <param name="mayBind">Its firmware is at work: a client without a bound board is bound to it.</param>
    private void OpenRoot(Board board, Ipv4Address address, bool mayBind)
    {
        if (_registry.ClientOf(board) is not { } client)
        {
            return;
        }

        if (mayBind ? TryBind(client, board, out client) : client.Bound is not null)
        {
            WantPublished(client, address, StateOf(board).Boots.Current is { Stage: < BootStage.Up } boot ? boot.Number : 0);
        }
    }
}
