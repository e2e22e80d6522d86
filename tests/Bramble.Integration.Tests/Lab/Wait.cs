using System.Diagnostics;

namespace Bramble.Integration.Tests.Lab;

/// <summary>Waits for something that another process does.</summary>
internal static class Wait
{
    /// <summary>For what takes a moment, on a busy machine too.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    /// <summary>Looks again and again until it is so; fails the test with what <paramref name="otherwise"/> says.</summary>
    public static void Until(Func<bool> isSo, TimeSpan most, Func<string> otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!isSo())
        {
            if (clock.Elapsed > most)
            {
                throw new TimeoutException(otherwise());
            }

            Thread.Sleep(50);
        }
    }
}
