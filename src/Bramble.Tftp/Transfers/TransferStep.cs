namespace Bramble.Tftp.Transfers;

/// <summary>The answer of the transfer machine to one input.</summary>
/// <param name="Action">What to send.</param>
/// <param name="FirstBlock">First block to send, from 1.</param>
/// <param name="Count">Number of blocks to send.</param>
public readonly record struct TransferStep(TransferAction Action, long FirstBlock = 0, int Count = 0)
{
    /// <summary>Send nothing.</summary>
    public static TransferStep None => default;

    /// <summary>Send the OACK.</summary>
    public static TransferStep Options => new(TransferAction.SendOptions);
}
