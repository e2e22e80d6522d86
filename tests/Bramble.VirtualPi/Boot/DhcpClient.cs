using Bramble.Linux.Net;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Stack;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Boot;

/// <summary>The DHCP phase of each boot stage: its packets, its timers, and what it does not do.</summary>
internal sealed class DhcpClient
{
    private const int ServerPort = 67;
    private const int ClientPort = 68;

    private static readonly TimeSpan s_pi3Gap = TimeSpan.FromSeconds(5);

    private readonly Reactor _reactor;
    private readonly NetworkStack _stack;
    private readonly PiProfile _profile;
    private readonly PiIdentity _identity;
    private readonly Random _random;
    private readonly StageReporter _report;

    public DhcpClient(Reactor reactor, NetworkStack stack, PiProfile profile, PiIdentity identity, Random random, StageReporter report)
    {
        _reactor = reactor;
        _stack = stack;
        _profile = profile;
        _identity = identity;
        _random = random;
        _report = report;
    }

    /// <summary>What is waited for.</summary>
    public string Waiting { get; private set; } = "";

    /// <summary>DISCOVER and OFFER of a Pi 3 stage: no REQUEST, the offered address is simply used.</summary>
    public async ValueTask<DhcpBinding> BindPi3Async(DhcpStage stage)
    {
        // bootcode.bin goes on for about a minute; the ROM goes dark after five.
        int attempts = stage == DhcpStage.BootRom && _profile.Bugs.HasFlag(RomBugs.FiveDiscovers) ? 5 : 12;
        UuidForm uuid = stage == DhcpStage.BootRom && _profile.Bugs.HasFlag(RomBugs.ConstantUuid) ? UuidForm.Constant : _profile.Uuid;
        byte[] discover = DhcpRequests.Discover(stage, uuid, _identity, DhcpRequests.Pi3Xid);
        OfferChoice choice = OfferChoice.Of(_profile, stage, []);
        bool stuck = false;
        _stack.Bind(ClientPort);
        try
        {
            for (int attempt = 1; attempt <= attempts; attempt++)
            {
                SendDiscover(discover, stage, attempt);
                var inbox = new OfferInbox(stage == DhcpStage.BootRom && _profile.Bugs.HasFlag(RomBugs.StuckUntilBroadcast), _stack.Broadcasts);
                TimeSpan deadline = _reactor.Now + s_pi3Gap;
                while (_reactor.Now < deadline)
                {
                    while (_stack.TryReceive(ClientPort) is { } datagram)
                    {
                        Collect(datagram, DhcpRequests.Pi3Xid, inbox);
                    }

                    IReadOnlyList<DhcpReply> seen = inbox.Seen(_stack.Broadcasts);
                    stuck = inbox.Count > seen.Count;
                    choice = OfferChoice.Of(_profile, stage, seen);
                    if (choice.Usable)
                    {
                        RejectOthersAddress(choice);
                        RejectFastProxy(stage, choice, inbox);
                        _report.Add(BootStage.Offered, OfferFields(choice));
                        _report.Add(BootStage.Bound, ("address", choice.AddressOffer!.YourAddress.ToString()), ("confirmed", false));
                        return Binding(choice, choice.AddressOffer);
                    }

                    await _reactor.WaitAsync(deadline);
                }
            }
        }
        finally
        {
            _stack.Close(ClientPort);
        }

        if (stuck && choice.Lacks == "no-offer")
        {
            throw new BootFaultException("offered", "stuck-until-broadcast",
                "a unicast OFFER came, but the boot ROM sees it only after a broadcast frame, and none came.", final: true);
        }

        throw Unusable(choice, $"{attempts} DISCOVERs, then dark", final: true);
    }

    /// <summary>DISCOVER, OFFER, REQUEST, ACK of an EEPROM.</summary>
    public async ValueTask<DhcpBinding> BindEepromAsync()
    {
        TimeSpan end = _reactor.Now + _profile.DhcpTimeout;
        // Seen on the wire: 0, +8, +24 s, and a new cycle at 45 s.
        TimeSpan gap = 2 * _profile.DhcpRequestTimeout;
        OfferChoice choice = OfferChoice.Of(_profile, DhcpStage.Eeprom, []);
        _stack.Bind(ClientPort);
        try
        {
            for (int attempt = 1; _reactor.Now < end; attempt++)
            {
                uint xid = (uint)_random.NextInt64(1, uint.MaxValue);
                SendDiscover(DhcpRequests.Discover(DhcpStage.Eeprom, _profile.Uuid, _identity, xid), DhcpStage.Eeprom, attempt);
                var inbox = new OfferInbox(holdsUnicast: false, 0);
                TimeSpan deadline = _reactor.Now + gap < end ? _reactor.Now + gap : end;
                while (await _stack.ReceiveAsync(ClientPort, deadline) is { } datagram)
                {
                    Collect(datagram, xid, inbox);
                    OfferChoice now = OfferChoice.Of(_profile, DhcpStage.Eeprom, inbox.Seen(0));
                    choice = now.Usable || inbox.Count > 0 ? now : choice;
                    if (choice.Usable)
                    {
                        _report.Add(BootStage.Offered, OfferFields(choice));
                        if (await RequestAsync(choice, xid) is { } ack)
                        {
                            _report.Add(BootStage.Bound, ("address", ack.YourAddress.ToString()), ("confirmed", true));
                            return Binding(choice, ack);
                        }

                        break;
                    }
                }

                gap *= 2;
            }
        }
        finally
        {
            _stack.Close(ClientPort);
        }

        if (choice.Usable)
        {
            throw new BootFaultException("bound", "no-ack",
                $"{choice.AddressOffer!.YourAddress} was offered and requested, but no ACK came in {_profile.DhcpTimeout.TotalSeconds:0} s.");
        }

        throw Unusable(choice, $"{_profile.DhcpTimeout.TotalSeconds:0} s of DISCOVERs", final: false);
    }

    private async ValueTask<DhcpReply?> RequestAsync(OfferChoice choice, uint xid)
    {
        DhcpReply offer = choice.AddressOffer!;
        byte[] request = DhcpRequests.Request(_identity.Mac, xid, offer.YourAddress, offer.ServerIdentifier, _profile.VendorClassInRequest);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            Waiting = $"an ACK for {offer.YourAddress}";
            _stack.Broadcast(ClientPort, ServerPort, request);
            TimeSpan deadline = _reactor.Now + _profile.DhcpRequestTimeout;
            while (await _stack.ReceiveAsync(ClientPort, deadline) is { } datagram)
            {
                if (!TryReply(datagram, xid, out DhcpReply reply))
                {
                    continue;
                }

                if (reply.MessageType == DhcpMessageType.Nak)
                {
                    return null;
                }

                // Another server's ACK, or one for another address, is not an answer to this REQUEST.
                if (reply.MessageType == DhcpMessageType.Ack && reply.YourAddress == offer.YourAddress
                    && reply.ServerIdentifier == offer.ServerIdentifier)
                {
                    Waiting = "";
                    return reply;
                }
            }
        }

        return null;
    }

    private void SendDiscover(byte[] discover, DhcpStage stage, int attempt)
    {
        Waiting = "an OFFER";
        _report.Add(BootStage.Discover, ("attempt", attempt), ("client", stage switch
        {
            DhcpStage.BootRom => "boot-rom",
            DhcpStage.Bootcode => "bootcode.bin",
            _ => "eeprom",
        }));
        _stack.Broadcast(ClientPort, ServerPort, discover);
    }

    private void Collect(Datagram datagram, uint xid, OfferInbox inbox)
    {
        if (TryReply(datagram, xid, out DhcpReply reply) && reply.MessageType == DhcpMessageType.Offer)
        {
            inbox.Add(reply, _reactor.Now);
        }
    }

    private bool TryReply(Datagram datagram, uint xid, out DhcpReply reply)
    {
        bool ours = DhcpReply.TryParse(datagram.Payload, out reply)
            && datagram.SourcePort == ServerPort && reply.Xid == xid
            && (reply.ClientMac == _identity.Mac || _profile.Bugs.HasFlag(RomBugs.TakesAnyOffer));
        reply.Unicast = datagram.Unicast;
        return ours;
    }

    private void RejectFastProxy(DhcpStage stage, OfferChoice choice, OfferInbox inbox)
    {
        if (stage == DhcpStage.BootRom && choice.AddressOffer != choice.BootOffer && _profile.Bugs.HasFlag(RomBugs.LocksOnFastProxy)
            && inbox.Gap(choice.AddressOffer!, choice.BootOffer!) is var gap && gap < _profile.ProxyLockWindow)
        {
            throw new BootFaultException("offered", "rom-locked",
                $"the address OFFER and the boot server's OFFER came within {gap.TotalSeconds:0.00} s of each other: the boot ROM locks up.", final: true);
        }
    }

    // The board would go on with an address that another has too; what comes of that is chance.
    private void RejectOthersAddress(OfferChoice choice)
    {
        if (choice.AddressOffer!.ClientMac != _identity.Mac)
        {
            throw new BootFaultException("offered", "others-offer",
                $"the OFFER of {choice.AddressOffer.YourAddress} to {choice.AddressOffer.ClientMac} came by broadcast, and the boot ROM took it for its own.", final: true);
        }
    }

    private static BootFaultException Unusable(OfferChoice choice, string after, bool final) =>
        new(choice.Lacks == "no-offer" ? "discover" : "offered", choice.Lacks, $"{after}: {choice.Reason}", final);

    private static DhcpBinding Binding(OfferChoice choice, DhcpReply reply)
    {
        int length = reply.SubnetMask.IsAny ? 0 : Math.Max(0, Ipv4Subnet.PrefixLengthOf(reply.SubnetMask));
        return new DhcpBinding(reply.YourAddress, Ipv4Subnet.Of(reply.YourAddress, length), reply.Router, choice.TftpServer);
    }

    private static (string Name, object Value)[] OfferFields(OfferChoice choice) =>
    [
        ("address", choice.AddressOffer!.YourAddress.ToString()),
        ("server", choice.AddressOffer.ServerIdentifier.ToString()),
        ("tftp", choice.TftpServer.ToString()),
        ("option", choice.DecidedBy),
        ("siaddr", choice.BootOffer!.ServerAddress.ToString()),
        ("proxy", choice.AddressOffer != choice.BootOffer),
    ];
}
