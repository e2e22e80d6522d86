using System.Collections.Concurrent;
using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Tests.Support;

/// <summary>Keeps events, and waits for one.</summary>
internal sealed class RecordedEvents : ITftpEvents
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly BlockingCollection<TftpTransferEvent> _events = [];

    public void OnTransfer(in TftpTransferEvent e) => _events.Add(e);

    /// <summary>The next event that is not <see cref="TftpTransferOutcome.Started"/>.</summary>
    public TftpTransferEvent NextEnd()
    {
        while (_events.TryTake(out TftpTransferEvent e, s_patience))
        {
            if (e.Outcome != TftpTransferOutcome.Started)
            {
                return e;
            }
        }

        throw new TimeoutException("No transfer ended.");
    }
}
