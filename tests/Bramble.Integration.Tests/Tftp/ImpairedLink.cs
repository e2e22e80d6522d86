using System.Buffers.Binary;
using Bramble.Integration.Tests.Lab;
using Bramble.VirtualPi.Link;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>
/// Takes the cable's place in a segment: frames between server and boards go through this process, which loses, doubles and reorders them
/// by a seeded chance. Like a queueing discipline netem, for kernels that have none; both ends know nothing of it.
/// </summary>
internal sealed class ImpairedLink : IDisposable
{
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(5);

    private readonly string _space;
    private readonly Direction _toBoards;
    private readonly Direction _toServer;
    private readonly PacketSocket _server;
    private readonly PacketSocket _boards;
    private readonly Thread[] _threads;
    private volatile bool _stop;

    /// <summary>Rewires a segment in which nothing runs yet.</summary>
    public ImpairedLink(Segment segment, string serverAddress = "10.77.0.1/24")
    {
        _space = segment.BoardNamespace + "l";
        Shell.Run("ip", "netns", "add", _space);
        Shell.Run("ip", "-n", segment.ServerNamespace, "link", "del", "srv0");
        Connect(segment.ServerNamespace, "srv0", "server");
        Connect(segment.BoardNamespace, "pi0", "boards");
        Shell.Run("ip", "-n", segment.ServerNamespace, "addr", "add", serverAddress, "dev", "srv0");
        (_server, _boards) = NetworkNamespace.In(_space, () => (PacketSocket.Open("server"), PacketSocket.Open("boards")));
        _toBoards = new Direction(_server, _boards);
        _toServer = new Direction(_boards, _server);
        _threads = [Start(_toBoards), Start(_toServer)];
    }

    /// <summary>From now on the cable is bad; shares in percent.</summary>
    public void Impair(int seed, double loss, double duplication, double reordering)
    {
        _toBoards.Impairment = new Impairment(seed, loss, duplication, reordering);
        _toServer.Impairment = new Impairment(seed + 1, loss, duplication, reordering);
    }

    /// <summary>True to let nothing through to the boards that a DHCP server sends, as a switch with DHCP snooping does at a port that it does not trust.</summary>
    public bool LosesOffers
    {
        set => _toBoards.LosesOffers = value;
    }

    /// <summary>From now on the cable is a good one.</summary>
    public void Mend() => Impair(0, 0, 0, 0);

    public void Dispose()
    {
        _stop = true;
        Array.ForEach(_threads, t => t.Join());
        _server.Dispose();
        _boards.Dispose();
        Shell.CleanUp("ip", "netns", "del", _space);
    }

    private void Connect(string space, string name, string here)
    {
        Shell.Run("ip", "-n", space, "link", "add", name, "type", "veth", "peer", "name", here, "netns", _space);
        // A window that leaves in one piece would be lost in one piece: frames are cut before they come here.
        Shell.Run("ip", "-n", space, "link", "set", name, "gso_max_segs", "1");
        Shell.Run("ip", "-n", space, "link", "set", name, "up");
        Shell.Run("ip", "-n", _space, "link", "set", here, "up");
    }

    private Thread Start(Direction direction)
    {
        var thread = new Thread(() =>
        {
            // A cable waits for no processor.
            RealTime.TryEnter();
            while (!_stop)
            {
                direction.Turn();
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    private sealed class Direction(PacketSocket from, PacketSocket to)
    {
        private const int Ethernet = 14;
        private const int DhcpServerPort = 67;

        public volatile Impairment Impairment = new(0, 0, 0, 0);
        public volatile bool LosesOffers;

        public void Turn()
        {
            from.Wait(s_wait);
            TimeSpan now = TimeSpan.FromMilliseconds(Environment.TickCount64);
            while (from.TryReceive(out ReadOnlySpan<byte> frame, out bool checksumReady))
            {
                if (!LosesOffers || !IsUdp(frame, out int udp) || BinaryPrimitives.ReadUInt16BigEndian(frame[udp..]) != DhcpServerPort)
                {
                    Impairment.Put(frame, checksumReady, now, Deliver);
                }
            }

            Impairment.Tick(now, Deliver);
        }

        private void Deliver(ReadOnlySpan<byte> frame, bool checksumReady)
        {
            if (checksumReady || !IsUdp(frame, out int udp))
            {
                to.Send(frame);
                return;
            }

            // Its sender left the checksum to a network card that is not there. 0 means none (RFC 768).
            byte[] copy = frame.ToArray();
            copy[udp + 6] = copy[udp + 7] = 0;
            to.Send(copy);
        }

        /// <summary>Where the header begins, if all of it is there.</summary>
        private static bool IsUdp(ReadOnlySpan<byte> frame, out int header)
        {
            const int ipv4 = 0x0800, udp = 17;
            header = 0;
            if (frame.Length < Ethernet + 28 || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != ipv4 || frame[Ethernet + 9] != udp)
            {
                return false;
            }

            header = Ethernet + ((frame[Ethernet] & 15) * 4);
            return header + 8 <= frame.Length;
        }
    }
}
