namespace Bramble.Dhcp.Leases;

/// <summary>Keeps nothing: for ProxyDHCP without addresses, and for tests.</summary>
public sealed class NullLeaseLog : ILeaseLog
{
    /// <inheritdoc/>
    public void Append(Lease lease)
    {
    }
}
