namespace Bramble.Tftp.Serving;

/// <summary>New settings for a worker, with the sockets that they need bound already.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Listeners">All listeners from now on.</param>
/// <param name="Added">Those of them that are new.</param>
internal sealed record TftpWorkerChange(TftpOptions Options, IReadOnlyList<TftpListener> Listeners, IReadOnlyList<TftpListener> Added)
{
    /// <summary>Closes the new sockets.</summary>
    public void Discard()
    {
        foreach (TftpListener listener in Added)
        {
            listener.Socket.Dispose();
        }
    }
}
