namespace Bramble.Tftp.Serving;

/// <summary>Takes what happens on the TFTP wire. Called on the TFTP loop: must return at once and never throw.</summary>
public interface ITftpEvents
{
    /// <summary>One step of a transfer happened.</summary>
    void OnTransfer(in TftpTransferEvent e);
}
