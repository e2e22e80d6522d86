using Bramble.Tftp.Serving;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Transfers;

/// <summary>Decides what of a request's options is accepted (RFC 2347).</summary>
internal static class OptionNegotiation
{
    // A client may ask for time-outs of 10 ms; it is still given up only after a silence that no reboot of a switch explains.
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromSeconds(10);

    /// <summary>Makes the transfer's parameters and the options of the OACK.</summary>
    /// <param name="requested">What the client asked for.</param>
    /// <param name="length">Size of the file.</param>
    /// <param name="mtu">MTU of the interface, or 0 if unknown.</param>
    /// <param name="options">The server's limits.</param>
    /// <param name="accepted">What the OACK says; empty if none is sent.</param>
    public static TransferParameters Decide(in TftpOptionSet requested, long length, int mtu, TftpOptions options, out TftpOptionSet accepted)
    {
        accepted = new TftpOptionSet();
        for (int i = 0; i < requested.Count; i++)
        {
            TftpOptionKind kind = requested.KindAt(i);
            accepted.TryAdd(kind, kind switch
            {
                TftpOptionKind.BlockSize => Math.Min(requested.BlockSize, LargestBlock(mtu, options)),
                TftpOptionKind.TransferSize => length,
                TftpOptionKind.WindowSize => Math.Min(requested.WindowSize, Math.Clamp(options.MaxWindowSize, 1, TftpLimits.MaxAgreedWindowSize)),
                _ => requested.ValueOf(kind),
            });
        }

        long asked = accepted.TimeoutMicroseconds > 0 ? accepted.TimeoutMicroseconds * TimeSpan.TicksPerMicrosecond
            : accepted.TimeoutSeconds * TimeSpan.TicksPerSecond;
        int window = Math.Max(1, accepted.WindowSize);
        long usual = window > 1 ? options.WindowTimeout.Ticks : options.Timeout.Ticks;
        return new TransferParameters
        {
            Length = length,
            BlockSize = accepted.BlockSize > 0 ? accepted.BlockSize : TftpLimits.DefaultBlockSize,
            WindowSize = window,
            SendsOptions = accepted.Count > 0,
            FirstTimeout = Math.Max(asked, options.Timeout.Ticks),
            DataTimeout = asked > 0 ? asked : usual,
            // Backs off here too: a client with the same time-out must come to its own before our blocks start its clock anew.
            MaxTimeout = asked > 0 ? Math.Max(asked, Math.Min(4 * asked, options.MaxTimeout.Ticks)) : options.MaxTimeout.Ticks,
            MaxRetries = asked > 0 ? Math.Max(options.MaxRetries, (int)(s_leastPatience.Ticks / asked)) : options.MaxRetries,
            MaxOpeningRetries = options.MaxOpeningRetries,
            MaxDuration = options.MaxDuration.Ticks,
            Rollover = options.Rollover,
        };
    }

    private static int LargestBlock(int mtu, TftpOptions options)
    {
        int largest = Math.Min(options.MaxBlockSize, TftpLimits.MaxBlockSize);
        if (options.LimitBlockSizeToMtu && mtu > 0)
        {
            largest = Math.Min(largest, mtu - TftpLimits.IpUdpHeaderLength - TftpLimits.HeaderLength);
        }

        return Math.Max(TftpLimits.MinBlockSize, largest);
    }
}
