namespace Bramble.Integration.Tests.Dhcp.Clients;

/// <summary>What a DHCP client says of its own lease, in its own file or to its own script.</summary>
internal sealed record ToldLease
{
    public string? Address { get; init; }

    public string? Mask { get; init; }

    public string? Router { get; init; }

    /// <summary>Addresses with a blank between them.</summary>
    public string? DnsServers { get; init; }

    public string? Domain { get; init; }

    public string? NtpServers { get; init; }

    public string? HostName { get; init; }

    public string? Server { get; init; }

    /// <summary>Seconds.</summary>
    public string? LeaseTime { get; init; }
}
