using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Boot;

/// <summary>Boards on one switch: each hears broadcasts and what is sent to its own MAC.</summary>
internal sealed class BoardGroup : IBoard
{
    private readonly IReadOnlyList<ReactorBoard> _boards;
    private readonly Dictionary<MacAddress, ReactorBoard> _byMac = [];

    /// <summary>Puts boards together.</summary>
    /// <exception cref="ArgumentException">Two of them have one MAC.</exception>
    public BoardGroup(IReadOnlyList<ReactorBoard> boards)
    {
        _boards = boards;
        foreach (ReactorBoard board in boards)
        {
            _byMac.Add(board.Mac, board);
        }
    }

    /// <inheritdoc/>
    public TimeSpan Deadline
    {
        get
        {
            TimeSpan first = TimeSpan.MaxValue;
            foreach (ReactorBoard board in _boards)
            {
                first = !board.Ended && board.Deadline < first ? board.Deadline : first;
            }

            return first;
        }
    }

    /// <inheritdoc/>
    public bool Ended
    {
        get
        {
            foreach (ReactorBoard board in _boards)
            {
                if (!board.Ended)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void PowerOn()
    {
        foreach (ReactorBoard board in _boards)
        {
            board.PowerOn();
        }
    }

    /// <inheritdoc/>
    public void Accept(ReadOnlySpan<byte> frame, TimeSpan now, bool checksumReady = true)
    {
        if (frame.Length < MacAddress.Length)
        {
            return;
        }

        MacAddress to = MacAddress.FromOctets(frame);
        if (_byMac.TryGetValue(to, out ReactorBoard? one))
        {
            one.Accept(frame, now, checksumReady);
        }
        else if (to == MacAddress.Broadcast)
        {
            foreach (ReactorBoard board in _boards)
            {
                board.Accept(frame, now, checksumReady);
            }
        }
    }

    /// <inheritdoc/>
    public void Tick(TimeSpan now)
    {
        foreach (ReactorBoard board in _boards)
        {
            board.Tick(now);
        }
    }

    /// <inheritdoc/>
    public void GiveUp(string why)
    {
        foreach (ReactorBoard board in _boards)
        {
            if (!board.Ended)
            {
                board.GiveUp(why);
            }
        }
    }
}
