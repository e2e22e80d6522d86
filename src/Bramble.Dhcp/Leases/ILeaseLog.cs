namespace Bramble.Dhcp.Leases;

/// <summary>Takes every change of the lease book that must survive the process.</summary>
public interface ILeaseLog
{
    /// <summary>Takes the state that a lease has now. Must not block: it reaches the disk with the next flush.</summary>
    void Append(Lease lease);
}
