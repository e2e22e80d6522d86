namespace Bramble.VirtualPi.Boot;

/// <summary>What follows from one packet of a transfer.</summary>
/// <param name="Reply">Packet to send, if any.</param>
/// <param name="Heard">True when the packet took the transfer forward.</param>
/// <param name="Result">The end, if this was it.</param>
/// <param name="Fault">The reason to give up, if there is one.</param>
internal readonly record struct TftpStep(byte[]? Reply = null, bool Heard = false, TftpResult? Result = null, BootFaultException? Fault = null);
