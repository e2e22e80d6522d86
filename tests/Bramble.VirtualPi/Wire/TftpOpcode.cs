namespace Bramble.VirtualPi.Wire;

/// <summary>TFTP opcodes (RFC 1350 §5, RFC 2347).</summary>
internal enum TftpOpcode
{
    None = 0,
    ReadRequest = 1,
    Data = 3,
    Ack = 4,
    Error = 5,
    OptionAck = 6,
}
