using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Service;

/// <summary>What the service knows of a client beyond its record. Guarded by the service's lock.</summary>
internal sealed class ClientState(string name)
{
    public string Name { get; } = name;

    /// <summary>The root that was made, and for which wish.</summary>
    public PreparedRoot? Prepared { get; set; }

    /// <summary>A preparation is queued or runs.</summary>
    public bool Preparing { get; set; }

    public Retry PrepareRetry { get; } = new();

    /// <summary>The address that the root is to be opened to.</summary>
    public Ipv4Address Wanted { get; set; }

    /// <summary>The address that it is open to.</summary>
    public Ipv4Address Published { get; set; }

    /// <summary>When storage last said so.</summary>
    public DateTimeOffset PublishedAt { get; set; }

    /// <summary>The number of the boot that it was opened for.</summary>
    public int PublishedBoot { get; set; }

    /// <summary>The address that was last logged as the one that it is open to.</summary>
    public Ipv4Address LastPublished { get; set; }

    /// <summary>Since when it should be open and is not known to be; null if it is, or need not be.</summary>
    public DateTimeOffset? UnopenedSince { get; set; }

    /// <summary>An opening is queued or runs.</summary>
    public bool Publishing { get; set; }

    public Retry PublishRetry { get; } = new();

    /// <summary>Why the root could not be made; null if it could.</summary>
    public Fault? PrepareTrouble { get; set; }

    /// <summary>Why the root could not be opened; null if it could.</summary>
    public Fault? PublishTrouble { get; set; }

    public ConfigText Config { get; set; } = ConfigText.Empty;

    public BootFileNotes Notes { get; set; }

    /// <summary>What UEFI on its board is told to start; null if its boot folder has nothing for UEFI.</summary>
    public string? UefiBootFile { get; set; }

    /// <summary>When the client's system last told that it is up, by the clock that nobody sets; null before it did.</summary>
    public long? Heard { get; set; }

    /// <summary>The boot id that it told then.</summary>
    public string HeardBoot { get; set; } = "";

    /// <summary>How often it told so at the pace of a system that goes on telling, without a faster one in between.</summary>
    public int Beats { get; set; }

    /// <summary>It was reported as silent.</summary>
    public bool ToldSilent { get; set; }

    /// <summary>The boot id of the system that is to restart; null for none.</summary>
    public string? Restart { get; set; }

    /// <summary>The record on disk is older than the one in memory.</summary>
    public bool Unsaved { get; set; }

    public Fault? Trouble => PrepareTrouble ?? PublishTrouble;

    /// <summary>The root, if it is what <paramref name="request"/> asks for.</summary>
    public ClientRoot? RootFor(RootRequest? request) => request is not null && Prepared?.Request == request ? Prepared.Root : null;

    /// <summary>The same, for a boot that begins: null also if a rollback or reset has made another state of it since, which must be prepared first.</summary>
    public ClientRoot? RootForNewBoot(RootRequest? request) => RootFor(request) is { IsCurrent: true } root ? root : null;
}
