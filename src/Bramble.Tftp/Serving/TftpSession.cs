using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Serving;

/// <summary>One running transfer: the machine and what it is about. Kept a while after its end, so that late packets find it.</summary>
internal sealed class TftpSession : WheelTimer
{
    public required ReadTransfer Transfer { get; set; }

    public required ITftpContent Content { get; set; }

    /// <summary>The client's transfer id.</summary>
    public required UdpEndpoint Client { get; init; }

    /// <summary>The address that the client asked, which answers come from.</summary>
    public required Ipv4Address LocalAddress { get; init; }

    public required string Path { get; set; }

    /// <summary>The options of the OACK.</summary>
    public required TftpOptionSet Options { get; init; }

    /// <summary>The whole request, to know it when it is repeated.</summary>
    public required byte[] Request { get; set; }

    /// <summary>True if a window may be given to the kernel in one piece: its packets fit the MTU.</summary>
    public required bool MaySegment { get; init; }

    public required long StartedAt { get; init; }

    public long HeardAt { get; set; }

    /// <summary>When the kernel was last told that the client is reachable.</summary>
    public long ConfirmedAt { get; set; }

    /// <summary>Blocks that the machine wants sent and that are not yet.</summary>
    public BlockRange Unsent { get; } = new();

    /// <summary>True while the session waits for its next share.</summary>
    public bool IsQueued { get; set; }

    /// <summary>True once the end was published and the content given back; then only <see cref="Client"/> and the timer are left.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Lets go of what only a running transfer needs: after a storm thousands of ended ones wait for late packets.</summary>
    public void Release()
    {
        IsOver = true;
        Content.Dispose();
        Content = null!;
        Transfer = null!;
        Request = [];
        Path = "";
    }

    /// <summary>True once no packet finds it any more.</summary>
    public bool IsForgotten { get; set; }
}
