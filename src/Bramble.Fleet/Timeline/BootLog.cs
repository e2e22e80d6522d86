using System.Runtime.InteropServices;

namespace Bramble.Fleet.Timeline;

/// <summary>
/// The last lines of one board's bootloader, put together from datagrams, which hold a line each, several, or parts of one. Whoever is on
/// the network can send them: what is not printable becomes a dot, and lines and their number have a limit. Pure.
/// </summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "NETCONSOLE".</remarks>
internal sealed class BootLog
{
    /// <summary>Lines that are kept, enough for two boots.</summary>
    public const int MaxLines = 256;

    /// <summary>Characters of a line; the rest of a longer one is left out.</summary>
    public const int MaxLength = 160;

    private readonly Queue<BootLogLine> _lines;
    private readonly List<char> _open = [];
    private DateTimeOffset _opened;

    /// <summary>Goes on after lines that were kept.</summary>
    public BootLog(IReadOnlyList<BootLogLine> kept)
    {
        _lines = new Queue<BootLogLine>(kept);
        Shorten();
    }

    /// <summary>When something last came, UTC.</summary>
    public DateTimeOffset Last { get; private set; }

    /// <summary>What was kept, and the line that is not yet at its end, oldest first.</summary>
    public BootLogLine[] Lines => _open.Count == 0 ? [.. _lines] : [.. _lines, OpenLine()];

    /// <summary>Takes a datagram's payload in.</summary>
    /// <returns>Lines that came to their end.</returns>
    public int Append(ReadOnlySpan<byte> text, DateTimeOffset now)
    {
        Last = now;
        int ended = 0;
        foreach (byte octet in text)
        {
            if (octet is (byte)'\n' or (byte)'\r')
            {
                ended += EndLine() ? 1 : 0;
            }
            else if (_open.Count < MaxLength)
            {
                if (_open.Count == 0)
                {
                    _opened = now;
                }

                _open.Add(octet switch { (byte)'\t' => ' ', >= 0x20 and < 0x7f => (char)octet, _ => '.' });
            }
        }

        return ended;
    }

    private bool EndLine()
    {
        if (_open.Count == 0)
        {
            return false;
        }

        _lines.Enqueue(OpenLine());
        _open.Clear();
        Shorten();
        return true;
    }

    private BootLogLine OpenLine() => new(_opened, new string(CollectionsMarshal.AsSpan(_open)));

    private void Shorten()
    {
        while (_lines.Count > MaxLines)
        {
            _lines.Dequeue();
        }
    }
}
