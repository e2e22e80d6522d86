using Bramble.Linux.Net;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Stack;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Replay;

/// <summary>
/// Plays the board's side of a transcript against a live server, packet by packet, and compares the end of each
/// exchange with the transcript. What a transcript leaves out (it begins with an OFFER, or with TFTP) is put in.
/// </summary>
internal sealed class TranscriptReplay : ReactorBoard
{
    private const int ServerPort = 67;
    private const int ClientPort = 68;

    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(4);

    private readonly Transcript _transcript;
    private readonly PiProfile _profile;
    private readonly PiIdentity _identity;
    private readonly ReplaySettings _settings;
    private readonly Action<ReplayStep> _report;
    private OfferChoice? _choice;
    private IReadOnlyList<string> _objections = [];
    private DhcpReply? _ack;
    private TftpClient? _tftp;
    private DhcpStage _stage;
    private uint _xid;
    private int _number;

    public TranscriptReplay(Transcript transcript, ReplaySettings settings, Action<byte[]> send, Action<ReplayStep> report)
        : base(transcript.Identity.Mac, send)
    {
        _transcript = transcript;
        _profile = transcript.Profile;
        _identity = transcript.Identity;
        _settings = settings;
        _report = report;
        Stack.BareHeaders = _profile.HasBootRom;
        _xid = _profile.HasBootRom ? DhcpRequests.Pi3Xid : (uint)new Random(settings.Seed).NextInt64(1, uint.MaxValue);
    }

    /// <summary>Count of steps that failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Count of steps that went as the transcript says.</summary>
    public int Passes { get; private set; }

    public override void GiveUp(string why) => Report(ReplayVerdict.Fail, "the rest", why);

    protected override async Task RunAsync()
    {
        Stack.Bind(ClientPort);
        foreach (TranscriptPacket packet in _transcript.Packets)
        {
            _number++;
            try
            {
                await PlayAsync(packet);
            }
            catch (BootFaultException fault)
            {
                Report(ReplayVerdict.Fail, $"{packet.Protocol} {packet.Type} {packet.Path}", fault.Message);
            }
        }
    }

    private async ValueTask PlayAsync(TranscriptPacket packet)
    {
        switch (packet.Protocol, packet.Type)
        {
            case ("dhcp", "DISCOVER"):
                await DiscoverAsync(packet.Message, packet.Stage);
                break;
            case ("dhcp", "OFFER"):
                await OfferAsync(packet);
                break;
            case ("dhcp", "REQUEST"):
                await RequestAsync();
                break;
            case ("dhcp", "ACK"):
                await AckAsync();
                break;
            case ("dhcp", _) when packet.Type.Contains(',', StringComparison.Ordinal):
                await KernelDhcpAsync(packet.Type.EndsWith("twice", StringComparison.Ordinal) ? 2 : 1);
                break;
            case ("arp", _):
                await BindAsync();
                Report(ReplayVerdict.Ok, "arp who-has", $"{_choice!.TftpServer} answers");
                break;
            case ("tftp", "RRQ"):
                await ReadAsync(packet);
                break;
            default:
                Report(ReplayVerdict.Skip, $"{packet.Protocol} {packet.Type}", "not played here");
                break;
        }
    }

    private async ValueTask DiscoverAsync(byte[] message, string stage)
    {
        _stage = !_profile.HasBootRom ? DhcpStage.Eeprom : stage == "boot-rom" ? DhcpStage.BootRom : DhcpStage.Bootcode;
        if (message.Length == 0)
        {
            message = DhcpRequests.Discover(_stage, _profile.Uuid, _identity, _xid);
        }

        Stack.Reset();
        Stack.Bind(ClientPort);
        _ack = null;
        _tftp = null;
        _xid = DhcpRequests.XidOf(message);
        var offers = new List<DhcpReply>();
        _choice = OfferChoice.Of(_profile, _stage, offers);
        int sent = 0;
        for (; sent < 3 && !_choice.Usable; sent++)
        {
            Stack.Broadcast(ClientPort, ServerPort, message);
            TimeSpan deadline = Reactor.Now + s_answer;
            while (!_choice.Usable && await Stack.ReceiveAsync(ClientPort, deadline) is { } datagram)
            {
                if (TryReply(datagram, out DhcpReply reply) && reply.MessageType == DhcpMessageType.Offer)
                {
                    offers.Add(reply);
                    _choice = OfferChoice.Of(_profile, _stage, offers);
                }
            }
        }

        _objections = _choice.Usable ? OfferCheck.Objections(_choice, DhcpRequests.OptionOf(message, 97)) : [_choice.Reason];
        Report(
            offers.Count > 0 ? ReplayVerdict.Ok : ReplayVerdict.Fail,
            $"dhcp DISCOVER ({message.Length} octets)", $"{offers.Count} OFFER after {sent} DISCOVER");
    }

    private async ValueTask OfferAsync(TranscriptPacket packet)
    {
        if (_choice is null)
        {
            await DiscoverAsync([], "");
        }

        if (_choice!.Usable && _objections.Count == 0)
        {
            DhcpReply offer = packet.Direction.StartsWith("proxy", StringComparison.Ordinal) ? _choice.BootOffer! : _choice.AddressOffer!;
            Report(
                ReplayVerdict.Ok, $"dhcp OFFER ({packet.Direction})",
                $"yiaddr {offer.YourAddress}, server {offer.ServerIdentifier}, TFTP {_choice.TftpServer} by option {_choice.DecidedBy}");
        }
        else
        {
            Report(ReplayVerdict.Fail, $"dhcp OFFER ({packet.Direction})", string.Join("; ", _objections));
        }
    }

    private async ValueTask RequestAsync()
    {
        if (_choice is not { Usable: true })
        {
            await DiscoverAsync([], "");
        }

        if (_choice is not { Usable: true, AddressOffer: { } offer })
        {
            throw new BootFaultException("offered", "no-offer", "there is no OFFER to request.");
        }

        byte[] request = DhcpRequests.Request(_identity.Mac, _xid, offer.YourAddress, offer.ServerIdentifier, _profile.VendorClassInRequest);
        _ack = await ExchangeAsync(request, DhcpMessageType.Ack, r => r.YourAddress == offer.YourAddress);
        Report(
            _ack is null ? ReplayVerdict.Fail : ReplayVerdict.Ok, $"dhcp REQUEST ({request.Length} octets)",
            _ack is null ? $"no ACK for {offer.YourAddress}" : $"ACK for {_ack.YourAddress}");
    }

    private async ValueTask AckAsync()
    {
        if (_ack is null)
        {
            await RequestAsync();
        }

        Report(_ack is null ? ReplayVerdict.Fail : ReplayVerdict.Ok, "dhcp ACK", _ack is null ? "none came" : $"yiaddr {_ack.YourAddress}");
    }

    /// <summary>The kernel's or initramfs' own DHCP: no PXE options, so nothing of the boot menu may be needed.</summary>
    private async ValueTask KernelDhcpAsync(int times)
    {
        for (int i = 1; i <= times; i++)
        {
            Stack.Reset();
            Stack.Bind(ClientPort);
            _xid++;
            DhcpReply? offer = await ExchangeAsync(
                DhcpRequests.Plain(DhcpMessageType.Discover, _identity.Mac, _xid, default, default), DhcpMessageType.Offer, r => !r.YourAddress.IsAny);
            DhcpReply? ack = offer is null ? null : await ExchangeAsync(
                DhcpRequests.Plain(DhcpMessageType.Request, _identity.Mac, _xid, offer.YourAddress, offer.ServerIdentifier),
                DhcpMessageType.Ack, r => r.YourAddress == offer.YourAddress);
            Report(
                ack is null ? ReplayVerdict.Fail : ReplayVerdict.Ok, $"dhcp of kernel and initramfs, {i} of {times}",
                ack is null ? (offer is null ? "no OFFER" : "no ACK") : $"ACK for {ack.YourAddress}");
        }
    }

    private async ValueTask<DhcpReply?> ExchangeAsync(byte[] message, DhcpMessageType wanted, Func<DhcpReply, bool> fits)
    {
        for (int attempt = 0; attempt < 3; attempt++)
        {
            Stack.Broadcast(ClientPort, ServerPort, message);
            TimeSpan deadline = Reactor.Now + s_answer;
            while (await Stack.ReceiveAsync(ClientPort, deadline) is { } datagram)
            {
                if (TryReply(datagram, out DhcpReply reply) && reply.MessageType == wanted && fits(reply))
                {
                    return reply;
                }
            }
        }

        return null;
    }

    private bool TryReply(Datagram datagram, out DhcpReply reply) =>
        DhcpReply.TryParse(datagram.Payload, out reply) && reply.Xid == _xid && reply.ClientMac == _identity.Mac;

    /// <summary>Takes the address and finds the TFTP server, with the exchanges that the transcript leaves out.</summary>
    private async ValueTask BindAsync()
    {
        if (_tftp is not null)
        {
            return;
        }

        if (_choice is not { Usable: true })
        {
            await DiscoverAsync([], "");
        }

        if (!_profile.HasBootRom && _ack is null)
        {
            await RequestAsync();
        }

        if (_choice is not { Usable: true } || (!_profile.HasBootRom && _ack is null))
        {
            throw new BootFaultException("bound", "no-address", "there is no address.");
        }

        DhcpReply reply = _ack ?? _choice.AddressOffer!;
        int length = reply.SubnetMask.IsAny ? 0 : Math.Max(0, Ipv4Subnet.PrefixLengthOf(reply.SubnetMask));
        Stack.Address = reply.YourAddress;
        Stack.Subnet = Ipv4Subnet.Of(reply.YourAddress, length);
        Stack.Gateway = reply.Router;
        MacAddress mac = await Stack.ResolveAsync(_choice.TftpServer, useGateway: !_profile.HasBootRom)
            ?? throw new BootFaultException("bound", "no-arp", $"{_choice.TftpServer} did not answer ARP.");
        _tftp = new TftpClient(Reactor, Stack, _choice.TftpServer, mac, 49152);
    }

    private async ValueTask ReadAsync(TranscriptPacket packet)
    {
        await BindAsync();
        bool size = false;
        foreach ((string name, _) in packet.Options)
        {
            size |= name == "tsize";
        }

        var rules = new TftpRules(
            packet.Stage, size, 0, NeedsOptionAck: size && _profile.Model != PiModel.Pi5, TimeSpan.FromSeconds(2), _profile.FileTimeout,
            TimeSpan.FromSeconds(300), EndsAtBlock65535: false, AcksRepeatedData: true, _profile.Bugs.HasFlag(RomBugs.DuplicateOackSpoils));
        string path = _settings.Map(packet.Path);
        TftpResult result = await _tftp!.ReadAsync(path, packet.Expect == "probe", rules, packet.Options);
        string came = result.Status switch
        {
            TftpStatus.Complete => "full",
            TftpStatus.Probed => "probe",
            _ => result.ErrorCode == 1 ? "not_found" : $"ERROR {result.ErrorCode}",
        };
        bool ok = came == packet.Expect || packet.Expect == "optional";
        string detail = result.Status switch
        {
            TftpStatus.Complete => $"{result.Content.Length} octets in blocks of {result.BlockSize}",
            TftpStatus.Probed => "there, terminated early",
            _ => $"ERROR {result.ErrorCode} '{result.ErrorText}'",
        };
        if (ok && result.Status == TftpStatus.Complete && _settings.Objection(packet.Path, result.Content) is { } objection)
        {
            (ok, detail) = (false, objection);
        }

        Report(ok ? ReplayVerdict.Ok : ReplayVerdict.Fail, $"tftp RRQ {path}", ok ? $"{packet.Expect}, {detail}" : $"{packet.Expect} was wanted, got {detail}");
    }

    private void Report(ReplayVerdict verdict, string what, string detail)
    {
        Passes += verdict == ReplayVerdict.Ok ? 1 : 0;
        Failures += verdict == ReplayVerdict.Fail ? 1 : 0;
        _report(new ReplayStep(_number, verdict, what, detail));
    }
}
