namespace Bramble.VirtualPi.Boot;

/// <summary>How one boot stage reads files.</summary>
/// <param name="Stage">Name in messages.</param>
/// <param name="SendsSize">True when the stage sends tsize.</param>
/// <param name="BlockSize">Block size asked for; 0 for no blksize option.</param>
/// <param name="NeedsOptionAck">True when a request with options answered by DATA makes the stage lose the file.</param>
/// <param name="Retry">Pause before a request or an acknowledgement is repeated.</param>
/// <param name="Silence">Time without a packet after which the stage gives up.</param>
/// <param name="FileTimeout">Limit for the whole file.</param>
/// <param name="EndsAtBlock65535">True when the block counter does not wrap.</param>
/// <param name="AcksRepeatedData">True when a repeated DATA is acknowledged again.</param>
/// <param name="DuplicateOackSpoils">True when a second OACK within a second spoils the file.</param>
internal sealed record TftpRules(
    string Stage,
    bool SendsSize,
    int BlockSize,
    bool NeedsOptionAck,
    TimeSpan Retry,
    TimeSpan Silence,
    TimeSpan FileTimeout,
    bool EndsAtBlock65535,
    bool AcksRepeatedData,
    bool DuplicateOackSpoils);
