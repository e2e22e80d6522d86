namespace Bramble.Tftp.Transfers;

/// <summary>What to send after an input.</summary>
public enum TransferAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The OACK.</summary>
    SendOptions,

    /// <summary>The blocks of the step.</summary>
    SendData,
}
