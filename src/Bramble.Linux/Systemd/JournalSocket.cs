using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Bramble.Linux.Systemd;

/// <summary>
/// Gives the journal entries with fields: its native protocol, one datagram an entry (systemd.io/JOURNAL_NATIVE_PROTOCOL). An entry that cannot be
/// delivered is refused, never waited for. Safe from any thread.
/// </summary>
public sealed class JournalSocket : IDisposable
{
    /// <summary>Where the journal listens.</summary>
    public const string DefaultPath = "/run/systemd/journal/socket";

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    private readonly UnixDomainSocketEndPoint _journal;

    /// <param name="path">Where the journal listens.</param>
    public JournalSocket(string path = DefaultPath)
    {
        _journal = new UnixDomainSocketEndPoint(path);
    }

    /// <summary>Sends an entry.</summary>
    /// <param name="fields">Names (A–Z, 0–9 and _, beginning with a letter) and values.</param>
    /// <returns>False if the journal did not take it.</returns>
    public bool TrySend(IEnumerable<(string Name, string Value)> fields)
    {
        using var entry = new MemoryStream();
        Span<byte> length = stackalloc byte[1 + sizeof(ulong)];
        length[0] = (byte)'\n';
        foreach ((string name, string value) in fields)
        {
            byte[] text = Encoding.UTF8.GetBytes(value);
            entry.Write(Encoding.ASCII.GetBytes(name));
            if (text.AsSpan().Contains((byte)'\n'))
            {
                // What has lines is told by its length.
                BinaryPrimitives.WriteUInt64LittleEndian(length[1..], (ulong)text.Length);
                entry.Write(length);
            }
            else
            {
                entry.WriteByte((byte)'=');
            }

            entry.Write(text);
            entry.WriteByte((byte)'\n');
        }

        try
        {
            return _socket.SendTo(entry.GetBuffer().AsSpan(0, (int)entry.Length), SocketFlags.None, _journal) == entry.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
