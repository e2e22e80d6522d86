namespace Bramble.VirtualPanel;

/// <summary>A display was sent what its datasheet does not allow.</summary>
internal sealed class OledFaultException(string message) : Exception(message);
