using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Fleet.Watch;

/// <summary>
/// Looks at the served interfaces by packet sockets that nobody waits on: what came is read when the fleet turns, and what does not fit
/// into a socket's queue until then is lost, which does no harm. Needs CAP_NET_RAW; without it, it sees links only.
/// </summary>
public sealed class LinuxNetworkWatch : INetworkWatch, IDisposable
{
    private const int FramesPerTurn = 256;

    // A bootloader writes some hundred lines in a second, and many may boot at once.
    private const int LogFramesPerTurn = 1024;

    /// <summary>UDP port that bootloaders send their log to where NETCONSOLE names no other.</summary>
    public const int LogPort = 6666;

    private static readonly TimeSpan s_linksEvery = TimeSpan.FromSeconds(5);
    private static readonly Ipv4Subnet s_anyone = new(Ipv4Address.Any, 0);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly byte[] _frame = new byte[2048];
    private readonly List<(string Name, PacketSocket Socket)> _llc = [];
    private readonly List<PacketSocket> _arp = [];
    private readonly List<PacketSocket> _log = [];
    private string[] _names = [];
    private bool _hearsLogs;
    private long _linksLooked;

    /// <summary>Watches nothing yet.</summary>
    public LinuxNetworkWatch(TimeProvider time) => _time = time;

    /// <summary>Watches these interfaces from now on.</summary>
    /// <param name="interfaces">Their names.</param>
    /// <param name="logs">Hear the logs of bootloaders too: they are sent to an Ethernet address that nobody has, so the interfaces then take in everything (promiscuous mode).</param>
    public void Watch(IReadOnlyList<string> interfaces, bool logs)
    {
        lock (_gate)
        {
            if (_names.SequenceEqual(interfaces) && _hearsLogs == logs)
            {
                return;
            }

            Close();
            _names = [.. interfaces];
            _hearsLogs = logs;
            foreach (string name in _names)
            {
                if (InterfaceInfo.Find(name) is not { } found)
                {
                    continue;
                }

                if (PacketSocket.TryOpenLlc(found, out _) is { } llc)
                {
                    _llc.Add((name, llc));
                }

                if (PacketSocket.TryOpenArp(found, s_anyone, out _) is { } arp)
                {
                    _arp.Add(arp);
                }

                if (logs && PacketSocket.TryOpenForAll(found, LogPort, out _) is { } log)
                {
                    _log.Add(log);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Look(INetworkSeen seen)
    {
        lock (_gate)
        {
            foreach ((string name, PacketSocket socket) in _llc)
            {
                for (int i = 0; i < FramesPerTurn && socket.Receive(_frame) is > 0 and int length; i++)
                {
                    seen.Llc(name, _frame.AsSpan(0, length));
                }
            }

            foreach (PacketSocket socket in _arp)
            {
                for (int i = 0; i < FramesPerTurn && socket.Receive(_frame) is > 0 and int length; i++)
                {
                    if (PacketFrame.TryReadArp(_frame.AsSpan(0, length), out MacAddress sender, out Ipv4Address has, out Ipv4Address target, out ushort operation))
                    {
                        seen.Arp(sender, has, target, operation == 1);
                    }
                }
            }

            LookAtLinks(seen);
        }
    }

    /// <inheritdoc/>
    public bool LookAtLogs(INetworkSeen seen)
    {
        lock (_gate)
        {
            foreach (PacketSocket socket in _log)
            {
                for (int i = 0; i < LogFramesPerTurn && socket.Receive(_frame) is > 0 and int length; i++)
                {
                    seen.Log(_frame.AsSpan(0, length));
                }
            }

            return _log.Count > 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private void LookAtLinks(INetworkSeen seen)
    {
        long now = _time.GetTimestamp();
        if (_names.Length == 0 || (_linksLooked != 0 && _time.GetElapsedTime(_linksLooked, now) < s_linksEvery))
        {
            return;
        }

        _linksLooked = now;
        try
        {
            IReadOnlyList<InterfaceInfo> all = InterfaceInfo.GetAll();
            foreach (string name in _names)
            {
                seen.Link(name, all.Any(i => i.Name == name && i is { IsUp: true, HasCarrier: true }));
            }
        }
        catch (IOException)
        {
            // The kernel does not tell now: next time.
        }
    }

    private void Close()
    {
        _llc.ForEach(static s => s.Socket.Dispose());
        _arp.ForEach(static s => s.Dispose());
        _log.ForEach(static s => s.Dispose());
        _llc.Clear();
        _arp.Clear();
        _log.Clear();
    }
}
