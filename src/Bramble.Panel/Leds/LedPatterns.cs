namespace Bramble.Panel.Leds;

/// <summary>
/// The rhythm of every signal. They differ by rhythm and count, not by colour or by speed alone, so that one LED of any colour tells them apart.
/// The table in <c>docs/reference/panel.md</c> and the printable card are made from this one.
/// </summary>
public static class LedPatterns
{
    /// <summary>Every signal with its rhythm, how to say it, and what it means, in the order of <see cref="LedSignal"/>.</summary>
    public static IReadOnlyList<(LedSignal Signal, LedPattern Pattern, string Rhythm, string Meaning)> All { get; } =
    [
        (LedSignal.Off, new(), "dark", "no power, or Bramble does not run"),
        (LedSignal.Starting, new(1000, 1000), "slow and even: one second on, one second off", "starting"),
        (LedSignal.Serving, new(3900, 100), "lit, with a short wink every four seconds", "serving, all is well"),
        (LedSignal.Booting, new(200, 200), "quick and even", "at least one client is booting"),
        (LedSignal.Attention, new(100, 2900), "dark, with a short flash every three seconds", "look: a board waits, or the disk is nearly full"),
        (LedSignal.Fault, new(200, 200, 200, 200, 200, 1000), "three flashes, pause", "fault: a client does not boot, or the cable is out"),
        (LedSignal.Pairing, new(150, 150, 150, 800), "two flashes, pause", "pairing is open"),
        (LedSignal.Updating, new(800, 200, 800, 200, 150, 850), "long, long, short, pause", "updating: do not pull the plug"),
        (LedSignal.ShuttingDown, new(900, 200, 150, 250), "long, short, pause", "shutting down: wait until it is dark"),
        (LedSignal.HoldShort, new(1), "lit", "button held: let go for the next page"),
        (LedSignal.HoldPairing, new(250, 250), "two flashes a second", "button held for 1 s: let go to open or close pairing"),
        (LedSignal.HoldShutdown, new(120, 120), "four flashes a second", "button held for 5 s: let go to shut down"),
        (LedSignal.HoldCountdown, new(60, 60), "eight flashes a second", "button held for 12 s: counting down to the factory reset, let go to stop"),
        (LedSignal.HoldReset, new(30, 30), "a fast flicker", "countdown over: let go within 10 s for the factory reset"),
        (LedSignal.HoldTooLong, new(50, 5000), "dark, a blip every five seconds", "button held too long, or stuck: letting go does nothing"),
    ];

    /// <summary>The rhythm of a signal.</summary>
    public static LedPattern Of(LedSignal signal) => All[(int)signal].Pattern;
}
