using Bramble.Dhcp.Policy;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Boards;

/// <summary>
/// What the programs of each Raspberry Pi have told so far. The REQUEST of the EEPROM carries neither option 60 nor 97
/// and an operating system carries no serial, so the answer to them needs what came before. Bounded; the oldest goes first.
/// </summary>
internal sealed class BoardMemory(int capacity = 4096)
{
    private readonly Dictionary<MacAddress, Memory> _boards = [];
    private readonly Queue<MacAddress> _order = new();

    /// <summary>Completes what a message tells with what is remembered, and remembers what it tells anew.</summary>
    /// <param name="board">What this message tells.</param>
    /// <param name="stage">The stage by this message alone.</param>
    /// <param name="xid">Its transaction.</param>
    /// <param name="isDiscover">True for a DISCOVER, which begins a transaction.</param>
    public (BoardIdentity Board, ClientStage Stage) Complete(in BoardIdentity board, ClientStage stage, uint xid, bool isDiscover)
    {
        bool known = _boards.TryGetValue(board.Mac, out Memory memory);
        if (!known && !board.IsPi)
        {
            return (board, stage);
        }

        BoardIdentity whole = board;
        ClientStage wholeStage = stage;
        if (known)
        {
            // Another serial is another board behind the same address: what was known of the old one is void.
            bool same = board.Serial is null || memory.Board.Serial is null || board.Serial == memory.Board.Serial;
            if (same && board.RevisionCode is null)
            {
                whole = memory.Board with { Serial = board.Serial ?? memory.Board.Serial };
            }

            if (!isDiscover && memory.Xid == xid)
            {
                wholeStage = memory.Stage;
            }
        }

        Memory next = known && !isDiscover ? memory with { Board = whole } : new Memory(whole, stage, xid);
        if (!known)
        {
            if (_boards.Count >= capacity)
            {
                _boards.Remove(_order.Dequeue());
            }

            _order.Enqueue(board.Mac);
            _boards.Add(board.Mac, next);
        }
        else if (next != memory)
        {
            _boards[board.Mac] = next;
        }

        return (whole, wholeStage);
    }

    private readonly record struct Memory(BoardIdentity Board, ClientStage Stage, uint Xid);
}
