using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Identity;
using Bramble.Fleet.Timeline;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Faults;

/// <summary>All that is known of one board when it is judged.</summary>
internal sealed record FaultContext
{
    public required DateTimeOffset Now { get; init; }

    public required FleetOptions Options { get; init; }

    /// <summary>This server's address on the board's network.</summary>
    public Ipv4Address Server { get; init; }

    /// <summary>The board; null for a client that none is bound to.</summary>
    public required Board? Board { get; init; }

    public required Client? Client { get; init; }

    public required BoardBoots? Boots { get; init; }

    /// <summary>What the enrolment policy last said of it.</summary>
    public EnrolmentVerdict Verdict { get; init; }

    /// <summary>Its root is being made.</summary>
    public bool Preparing { get; init; }

    /// <summary>Boards that use one of its names and not the other, the first one first.</summary>
    public IReadOnlyList<IdentityClaim> Claims { get; init; } = [];

    /// <summary>How long ago the client was heard with its token; null for one that is not known to run.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>Why its root could not be made or opened.</summary>
    public Fault? RootTrouble { get; init; }

    /// <summary>Where the root is mounted from, for people; null before it is made.</summary>
    public string? RootText { get; init; }

    /// <summary>File names that <c>kernel=</c> of its config.txt gives.</summary>
    public IReadOnlyList<string> Kernels { get; init; } = [];

    /// <summary>What was noticed about its boot files.</summary>
    public BootFileNotes Notes { get; init; }

    /// <summary>What the firmware asked for by ARP and is not this server's, the most often asked first.</summary>
    public IReadOnlyList<ArpQuestion> Asked { get; init; } = [];

    /// <summary>Another machine that has the board's address too; null for none.</summary>
    public MacAddress? AddressRival { get; init; }

    /// <summary>Another board whose system gives the same identity, for people; null for none.</summary>
    public string? Twin { get; init; }

    /// <summary>Since when the board runs a system that did not come from here; null if it does not.</summary>
    public DateTimeOffset? OwnSystem { get; init; }

    /// <summary>The forward delay of a switch that keeps ports closed for long; zero for none.</summary>
    public TimeSpan SpanningTree { get; init; }
}
