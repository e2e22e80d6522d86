using System.Diagnostics;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Link;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Storm;

/// <summary>
/// Many boards that are switched on in the same moment, on one interface and in one loop: each with its own Ethernet address, lease, ARP
/// and transfers, and each octet of every file compared, but no file kept.
/// </summary>
internal static class BoardStorm
{
    private static readonly TimeSpan s_lookAtTimers = TimeSpan.FromMilliseconds(20);

    // Frames between two looks at the boards' timers.
    private const int MostFrames = 2048;

    /// <summary>Runs the storm to its end, or until the time is over.</summary>
    public static IReadOnlyList<StormBoard> Run(
        PiProfile profile, uint firstSerial, int count, string networkInterface, IExpectedFiles files, TimeSpan timeout, CancellationToken cancellation)
    {
        using PacketSocket socket = PacketSocket.Open(networkInterface);
        var remembered = new RememberedFiles(files);
        var boards = new StormBoard[count];
        var byMac = new Dictionary<MacAddress, StormBoard>();
        for (int i = 0; i < count; i++)
        {
            PiIdentity identity = PiIdentity.Create(profile.Model, firstSerial + (uint)i);
            var settings = new PiBootSettings { Profile = profile, Identity = identity, Expected = remembered, SharesContent = true, Seed = i };
            byMac[identity.Mac] = boards[i] = new StormBoard(settings, frame => socket.Send(frame));
        }

        var clock = Stopwatch.StartNew();
        foreach (StormBoard board in boards)
        {
            board.PowerOn();
        }

        while (clock.Elapsed < timeout && !Array.TrueForAll(boards, board => board.Ended))
        {
            cancellation.ThrowIfCancellationRequested();
            socket.Wait(s_lookAtTimers);
            for (int i = 0; i < MostFrames && socket.TryReceive(out ReadOnlySpan<byte> frame, out bool checksumReady); i++)
            {
                Deliver(frame, checksumReady);
            }

            foreach (StormBoard board in boards)
            {
                if (!board.Ended && clock.Elapsed >= board.Deadline)
                {
                    board.Tick(clock.Elapsed);
                }
            }
        }

        foreach (StormBoard board in boards)
        {
            if (!board.Ended)
            {
                board.GiveUp($"not done after {timeout.TotalSeconds:0} s");
            }
        }

        return boards;

        void Deliver(ReadOnlySpan<byte> frame, bool checksumReady)
        {
            if (frame.Length < MacAddress.Length)
            {
                return;
            }

            MacAddress destination = MacAddress.FromOctets(frame);
            if (byMac.TryGetValue(destination, out StormBoard? one))
            {
                Accept(one, frame, checksumReady);
            }
            else if (destination == MacAddress.Broadcast)
            {
                foreach (StormBoard board in boards)
                {
                    Accept(board, frame, checksumReady);
                }
            }
        }

        void Accept(StormBoard board, ReadOnlySpan<byte> frame, bool checksumReady)
        {
            if (!board.Ended)
            {
                board.Accept(frame, clock.Elapsed, checksumReady);
            }
        }
    }
}
