using Bramble.Dhcp.Policy;
using Bramble.Linux.Net;

namespace Bramble.Panel;

/// <summary>Passes DHCP events on, and remembers the last other server that was heard.</summary>
/// <param name="next">Who takes the events.</param>
internal sealed class OtherDhcpServer(IDhcpEvents next) : IDhcpEvents
{
    // As long as the fault that it is: one that goes on answering is reported every five minutes, and one report may be lost.
    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(12);

    private readonly Lock _gate = new();
    private Ipv4Address _address;
    private DateTimeOffset _heard;

    /// <inheritdoc/>
    public void OnDhcp(in DhcpEvent e)
    {
        if (e.Kind is DhcpEventKind.OtherServer or DhcpEventKind.SecondServer)
        {
            lock (_gate)
            {
                (_address, _heard) = (e.Server, e.Time);
            }
        }

        next.OnDhcp(e);
    }

    /// <summary>The other server; null if none was heard lately.</summary>
    public Ipv4Address? Current(DateTimeOffset now)
    {
        lock (_gate)
        {
            return now - _heard < s_remembered ? _address : null;
        }
    }
}
