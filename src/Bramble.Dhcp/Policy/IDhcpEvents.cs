namespace Bramble.Dhcp.Policy;

/// <summary>Takes what happens on the DHCP wire. Called on the DHCP loop: must return at once and never throw.</summary>
public interface IDhcpEvents
{
    /// <summary>One step happened.</summary>
    void OnDhcp(in DhcpEvent e);
}
