namespace Bramble.Integration.Tests.Lab;

/// <summary>
/// A switch on the boards' side of a segment, so that more than two can be on it: <c>pi0</c> becomes its uplink to the server, and
/// stations, taps and free ports are plugged in.
/// </summary>
internal sealed class Switch : IDisposable
{
    /// <summary>The bridge; what is captured on it is all that goes over the switch.</summary>
    public const string Bridge = "br0";

    private readonly List<Station> _stations = [];

    public Switch(Segment segment)
    {
        Namespace = segment.BoardNamespace;
        Ip("link", "add", Bridge, "type", "bridge");
        Ip("link", "set", Bridge, "up");
        Ip("link", "set", "pi0", "master", Bridge);
    }

    public string Namespace { get; }

    /// <summary>Plugs a machine of its own in: a namespace with <c>eth0</c>.</summary>
    /// <param name="name">Short name, at most nine characters.</param>
    /// <param name="mac">Its Ethernet address.</param>
    /// <param name="address">An IPv4 address with its length; null for none.</param>
    public Station Plug(string name, string mac, string? address = null)
    {
        var station = new Station($"{Namespace}-{name}", mac);
        Shell.Run("ip", "netns", "add", station.Namespace);
        _stations.Add(station);
        Ip("link", "add", "port-" + name, "type", "veth", "peer", "name", Station.Interface, "netns", station.Namespace);
        Ip("link", "set", "port-" + name, "master", Bridge, "up");
        Shell.Run("ip", "-n", station.Namespace, "link", "set", "lo", "up");
        Shell.Run("ip", "-n", station.Namespace, "link", "set", Station.Interface, "address", mac, "up");
        if (address is not null)
        {
            Shell.Run("ip", "-n", station.Namespace, "addr", "add", address, "dev", Station.Interface);
        }

        return station;
    }

    /// <summary>A port for virtual Raspberry Pis; returns the interface of the boards' namespace that they are behind.</summary>
    public string BoardPort(string name = "boards")
    {
        Ip("link", "add", "port-" + name, "type", "veth", "peer", "name", name);
        Ip("link", "set", "port-" + name, "master", Bridge, "up");
        Ip("link", "set", name, "up");
        return name;
    }

    /// <summary>A port for an emulated machine; returns the tap device of the boards' namespace.</summary>
    public string Tap(string name = "tap0")
    {
        Ip("tuntap", "add", name, "mode", "tap");
        PlugIn(name);
        return name;
    }

    /// <summary>Takes a tap off the switch; the machine behind it does not see that.</summary>
    public void Unplug(string tap) => Ip("link", "set", tap, "nomaster");

    /// <summary>Puts a tap on the switch.</summary>
    public void PlugIn(string tap) => Ip("link", "set", tap, "master", Bridge, "up");

    /// <summary>A cable to another switch.</summary>
    public void Join(Switch other)
    {
        Ip("link", "add", "trunk", "type", "veth", "peer", "name", "trunk", "netns", other.Namespace);
        Ip("link", "set", "trunk", "master", Bridge, "up");
        other.Ip("link", "set", "trunk", "master", Bridge, "up");
    }

    public void Dispose()
    {
        foreach (Station station in _stations)
        {
            Shell.CleanUp("ip", "netns", "del", station.Namespace);
        }
    }

    private void Ip(params string[] words) => Shell.Run("ip", ["-n", Namespace, .. words]);
}
