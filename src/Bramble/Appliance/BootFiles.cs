namespace Bramble.Appliance;

/// <summary>What a person may have put on the boot partition; null for a file that is not there.</summary>
/// <param name="Config"><c>bramble.conf</c>.</param>
/// <param name="Keys"><c>authorized_keys</c>.</param>
/// <param name="UserData"><c>user-data</c> of Raspberry Pi Imager.</param>
internal sealed record BootFiles(string? Config, string? Keys, string? UserData);
