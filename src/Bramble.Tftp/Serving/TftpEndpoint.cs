using Bramble.Linux.Net;

namespace Bramble.Tftp.Serving;

/// <summary>Where requests are taken.</summary>
/// <param name="Address">An address of this machine, or <see cref="Ipv4Address.Any"/> for all.</param>
/// <param name="Interface">Only requests that come in by this interface, or null for any.</param>
public sealed record TftpEndpoint(Ipv4Address Address, string? Interface = null);
