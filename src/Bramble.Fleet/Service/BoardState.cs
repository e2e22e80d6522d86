using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Service;

/// <summary>What the service knows of a board beyond its record. Guarded by the service's lock.</summary>
internal sealed class BoardState(BoardBoots boots)
{
    public BoardBoots Boots { get; set; } = boots;

    /// <summary>The histories on disk are older than those in memory.</summary>
    public bool Unsaved { get; set; }

    /// <summary>What the enrolment policy last said.</summary>
    public EnrolmentVerdict Verdict { get; set; }

    /// <summary>This server's address on the network where the board was last; 0.0.0.0 before it was seen.</summary>
    public Ipv4Address Server { get; set; }

    /// <summary>The address that it said another server gave it, until it is known that it has it; 0.0.0.0 for none.</summary>
    public Ipv4Address SaidAddress { get; set; }

    /// <summary>When it said so.</summary>
    public DateTimeOffset SaidAt { get; set; }

    /// <summary>The fault that was last reported.</summary>
    public Fault? Reported { get; set; }

    /// <summary>Since when it seems to run a system that did not come from here; null if it does not.</summary>
    public DateTimeOffset? OwnSystem { get; set; }

    /// <summary>Connections to root ports that were there before the kernel: left over from an earlier life of the board.</summary>
    public HashSet<TcpConnection> Stale { get; } = [];
}
