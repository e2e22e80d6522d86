using Bramble.Dhcp.Wire;

namespace Bramble.Dhcp;

/// <summary>An option that the configuration adds by its number.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Value">Its value as it goes over the wire; over 255 octets are split (RFC 3396).</param>
/// <param name="Always">True to send it also to clients that do not ask for it (option 55).</param>
public sealed record DhcpExtraOption(byte Code, byte[] Value, bool Always)
{
    /// <summary>True for a code that this server sets by itself, or that only clients send.</summary>
    public static bool IsOurs(byte code) => code is DhcpOption.Pad or DhcpOption.SubnetMask or DhcpOption.Router
        or DhcpOption.DomainNameServer or DhcpOption.HostName or DhcpOption.DomainName or DhcpOption.BroadcastAddress
        or DhcpOption.NtpServers or DhcpOption.VendorSpecific or (>= DhcpOption.RequestedAddress and <= DhcpOption.ClientIdentifier)
        or DhcpOption.TftpServerName or DhcpOption.BootFileName or DhcpOption.UserClass or DhcpOption.RelayAgentInformation
        or DhcpOption.ClientArchitecture or DhcpOption.NetworkInterfaceIdentifier or DhcpOption.ClientMachineIdentifier
        or DhcpOption.ClasslessStaticRoute or DhcpOption.End;
}
