using System.Diagnostics;
using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Link;

/// <summary>Runs a board in real time on an interface.</summary>
internal static class BoardDriver
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(250);

    public static void Run(IBoard board, EthernetPort port, Stopwatch clock, TimeSpan timeout, CancellationToken cancellation)
    {
        board.PowerOn();
        while (!board.Ended)
        {
            cancellation.ThrowIfCancellationRequested();
            if (clock.Elapsed >= timeout)
            {
                board.GiveUp($"not done after {timeout.TotalSeconds:0} s");
                break;
            }

            TimeSpan limit = clock.Elapsed + s_longestWait;
            port.Pump(board.Deadline < limit ? board.Deadline : limit, (frame, ready) => board.Accept(frame, clock.Elapsed, ready));
            board.Tick(clock.Elapsed);
        }
    }
}
