using System.Diagnostics;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Link;

namespace Bramble.VirtualPi.Storm;

/// <summary>Boots many virtual boards at once, on one interface and one thread.</summary>
public static class VirtualPiStorm
{
    /// <summary>Switches the boards on and follows all of them to their ends.</summary>
    /// <exception cref="ArgumentException">Two boards have one MAC.</exception>
    /// <exception cref="InvalidOperationException">There is no such interface.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The interface cannot be opened (CAP_NET_RAW is missing).</exception>
    /// <exception cref="OperationCanceledException">The power was cut.</exception>
    public static IReadOnlyList<StormBoardResult> Run(StormOptions options, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        using var port = new EthernetPort(options.Interface, clock);
        var random = new Random(options.Seed);
        IExpectedFiles expected = options.Expected is { } files ? new RememberedFiles(files) : AnyFiles.Instance;
        var boards = new List<PiBoot>();
        var results = new List<StormBoardResult>();
        foreach ((Models.PiProfile profile, Models.PiIdentity identity) in options.Boards)
        {
            var events = new List<StageEvent>();
            var settings = new PiBootSettings
            {
                Profile = profile,
                Identity = identity,
                Expected = expected,
                SharesContent = true,
                Seed = random.Next(),
                LinkDelay = options.Within * random.NextDouble(),
            };
            boards.Add(new PiBoot(settings, port.Send, events.Add));
            results.Add(new StormBoardResult(identity, profile.Model, events));
        }

        BoardDriver.Run(new BoardGroup(boards), port, clock, options.Timeout, cancellation);
        return results;
    }
}
