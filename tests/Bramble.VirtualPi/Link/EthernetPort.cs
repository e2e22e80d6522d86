using System.Diagnostics;

namespace Bramble.VirtualPi.Link;

/// <summary>The rim: an interface, a bad cable in both directions, and the real clock.</summary>
internal sealed class EthernetPort : IDisposable
{
    private readonly PacketSocket _socket;
    private readonly Impairment _outgoing;
    private readonly Impairment _incoming;
    private readonly Stopwatch _clock;

    public EthernetPort(string name, Stopwatch clock, Impairment? outgoing = null, Impairment? incoming = null)
    {
        _socket = PacketSocket.Open(name);
        _outgoing = outgoing ?? new Impairment(0, 0, 0, 0);
        _incoming = incoming ?? new Impairment(0, 0, 0, 0);
        _clock = clock;
    }

    /// <summary>Sends a frame.</summary>
    public void Send(byte[] frame) => _outgoing.Put(frame, checksumReady: true, _clock.Elapsed, SendNow);

    /// <summary>Waits for frames until <paramref name="deadline"/> at most, and hands over what is there.</summary>
    public void Pump(TimeSpan deadline, Impairment.Deliver deliver)
    {
        TimeSpan due = _outgoing.Due < _incoming.Due ? _outgoing.Due : _incoming.Due;
        TimeSpan wait = (due < deadline ? due : deadline) - _clock.Elapsed;
        if (_socket.Wait(wait))
        {
            // A bound, so that a flooded interface does not keep the board's own timers from running.
            for (int i = 0; i < 64 && _socket.TryReceive(out ReadOnlySpan<byte> frame, out bool checksumReady); i++)
            {
                _incoming.Put(frame, checksumReady, _clock.Elapsed, deliver);
            }
        }

        _incoming.Tick(_clock.Elapsed, deliver);
        _outgoing.Tick(_clock.Elapsed, SendNow);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void SendNow(ReadOnlySpan<byte> frame, bool checksumReady) => _socket.Send(frame);
}
