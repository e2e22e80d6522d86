using Bramble.Dhcp;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using Bramble.Linux.Net;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>
/// The DHCP responder with its lease book: a script of datagrams on two interfaces with small pools. Of the control octet of each, bits 0–1
/// say how much time passes before it, bit 2 the interface, bit 3 unicast, bit 4 that it had to wait, bit 5 (of the first one) proxy.
/// </summary>
internal sealed class DhcpResponderTarget : IFuzzTarget
{
    private static readonly TimeSpan[] s_pauses = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(70), TimeSpan.FromMinutes(25)];
    private static readonly DhcpDropReason[] s_reasons = Enum.GetValues<DhcpDropReason>();
    private readonly ReplyBatch _replies = new(16);

    public string Name => "dhcp-responder";

    public Mutator Mutator { get; } = Script.Of(DhcpMutations.Mutate);

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            byte[][] real = [.. DhcpMessages.Real];
            yield return Script.Write(real.Select(m => ((byte)0, m)));
            yield return Script.Write(real.Select(m => ((byte)0x21, m)));
            for (byte client = 0; client < 8; client++)
            {
                byte[] discover = DhcpMessages.Of(1, client);
                byte[] select = DhcpMessages.Of(3, client, DhcpMessages.Option(54, 10, 42, 0, 1), DhcpMessages.Option(50, 10, 42, 0, (byte)(client + 4)));
                byte[] renew = DhcpMessages.Of(3, client);
                (renew[12], renew[13], renew[14], renew[15]) = (10, 42, 0, (byte)(client + 4));
                yield return Script.Write([(0, discover), (0, select), (9, renew), (3, discover), (0, DhcpMessages.Of(7, client, DhcpMessages.Option(54, 10, 42, 0, 1)))]);
            }

            byte[] relayed = DhcpMessages.Of(1, 2, DhcpMessages.Option(82, 1, 2, 3, 4));
            (relayed[3], relayed[24], relayed[25], relayed[27]) = (1, 10, 44, 9);
            yield return Script.Write([(0, relayed)]);
        }
    }

    public void Run(ReadOnlySpan<byte> input)
    {
        List<(byte Control, byte[] Message)> messages = Script.Read(input);
        if (messages.Count == 0)
        {
            return;
        }

        var scene = new DhcpScene((messages[0].Control & 0x20) != 0);
        foreach ((byte control, byte[] message) in messages)
        {
            scene.Now += s_pauses[control & 3];
            Handle(scene, control, message);
        }
    }

    private void Handle(DhcpScene scene, byte control, byte[] message)
    {
        int port = (control >> 2) & 1;
        Ipv4Address destination = (control & 8) != 0 ? scene.Options.Interfaces[port].Address : Ipv4Address.Broadcast;
        long dropsBefore = Drops(scene.Counters);
        scene.Events.Clear();
        _replies.Clear();
        bool waits = scene.Responder.Handle(message, new PacketArrival(port, default, destination, scene.Now), _replies, (control & 16) != 0);
        long drops = Drops(scene.Counters) - dropsBefore;

        Require(drops is 0 or 1, $"one packet counts as several drops: {drops}");
        bool silent = scene.Events.Exists(static e => e.Kind is DhcpEventKind.Release or DhcpEventKind.Decline);
        Require(_replies.Count > 0 || drops == 1 || waits || silent, "a packet vanishes without an answer, a wait or a counted drop");
        Require(_replies.Count <= 1, $"one packet gets several replies: {_replies.Count}");
        for (int i = 0; i < _replies.Count; i++)
        {
            Check(scene, port, message, _replies.Message(i).ToArray(), _replies[i]);
        }

        scene.Leases.Forget(scene.Book, scene.Now);
    }

    private static void Check(DhcpScene scene, int port, byte[] request, byte[] reply, in Reply route)
    {
        Require(reply.Length is >= 240 and <= 1472, $"a reply has an impossible length: {reply.Length}");
        var asked = new DhcpReader(request);
        var told = new DhcpReader(reply);
        Require(told is { IsWhole: true, HasEnd: true }, "a reply's options are broken");
        int largest = asked.Option(57) is { Length: >= 2 } limit ? Math.Max(576, (limit[0] << 8) | limit[1]) - 28 : 576 - 28;
        // The relay agent takes option 82 away again (RFC 3046 section 2.1); split, it has a header for each 255 octets.
        largest += told.Option(82) is { } relay ? relay.Length + (2 * ((relay.Length / 255) + 1)) : 0;
        Require(reply.Length <= largest, $"a reply is longer than the client takes: {reply.Length} of {largest}");
        Require(reply[0] == 2 && reply.AsSpan(1, 2).SequenceEqual(request.AsSpan(1, 2)) && reply.AsSpan(4, 4).SequenceEqual(request.AsSpan(4, 4))
            && reply.AsSpan(28, 6).SequenceEqual(request.AsSpan(28, 6)) && told.Address(24) == asked.Address(24), "a reply does not echo its request");
        Require(told.Address(236) == 0x63825363, "a reply has no cookie");
        byte type = told.Option(53) is [var only] ? only : (byte)0;
        Require(type is 2 or 5 or 6, $"a server does not send this: {type}");
        Require(!told.Repeated.Overlaps([53, 54, 51, 1, 50, 58, 59]), "an option that has one value comes twice");
        Require(told.AddressOption(54) is { } server && scene.IsServer(server), "a reply does not name this server");
        Require(asked.Option(53)?[0] switch { 1 => type == 2, 3 => type is 5 or 6, 8 => type == 5, _ => false }, $"the wrong answer: {type}");
        if (asked.Address(24) == 0)
        {
            Require(route.Interface == port, "an answer leaves by another interface");
        }

        CheckLease(scene, asked, told, type);
        Coverage.Outcome(2000 + (type * 16) + (int)route.Route);
    }

    private static void CheckLease(DhcpScene scene, DhcpReader asked, DhcpReader told, byte type)
    {
        uint address = told.Address(16);
        bool lease = asked.Option(53)![0] != 8 && type != 6 && !scene.IsProxy;
        Require(lease == (address != 0), "yiaddr is set where none is given, or missing where one is");
        if (!lease)
        {
            return;
        }

        var given = new Ipv4Address(address);
        Require(scene.MayGive(given), $"an address that is nobody's to give: {given}");
        Require(told.AddressOption(51) is >= 60 && told.AddressOption(58) < told.AddressOption(59) && told.AddressOption(59) < told.AddressOption(51), "times of a lease are wrong");
        if (type == 5)
        {
            scene.Leases.Acknowledge(given, asked, scene.Now, TimeSpan.FromSeconds(told.AddressOption(51)!.Value));
        }
        else
        {
            scene.Leases.CheckFree(given, asked, scene.Now);
        }
    }

    private static long Drops(DhcpCounters counters)
    {
        long sum = 0;
        foreach (DhcpDropReason reason in s_reasons)
        {
            sum += counters.Dropped(reason);
        }

        return sum;
    }
}
