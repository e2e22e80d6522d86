namespace Bramble.Appliance.Upgrade;

/// <summary>An upgrade was not made, and why. The running system and what is started next are as they were.</summary>
internal sealed class UpgradeException(string message, Exception? inner = null) : Exception(message, inner);
