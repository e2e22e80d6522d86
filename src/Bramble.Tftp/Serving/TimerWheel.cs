using System.Numerics;

namespace Bramble.Tftp.Serving;

/// <summary>
/// Deadlines in slots of 10 ms. Moving a deadline later costs nothing: the slot is looked at when its time comes and the
/// timer is put where it belongs by then, so an acknowledged block does not touch the wheel.
/// </summary>
internal sealed class TimerWheel
{
    /// <summary>Ticks of 100 ns in a slot.</summary>
    public const long SlotTicks = 10 * TimeSpan.TicksPerMillisecond;

    private const int SlotCount = 512;
    private const int BitsPerWord = 64;

    private readonly WheelTimer?[] _slots = new WheelTimer?[SlotCount];
    private readonly ulong[] _occupied = new ulong[SlotCount / BitsPerWord];
    private long _nextSlotTime;

    /// <summary>Makes an empty wheel.</summary>
    /// <param name="now">The time.</param>
    public TimerWheel(long now)
    {
        _nextSlotTime = now / SlotTicks;
    }

    /// <summary>Puts a timer where its deadline belongs, also if it is in the wheel already.</summary>
    public void Schedule(WheelTimer timer)
    {
        if (timer.Slot >= 0)
        {
            if (timer.Deadline >= timer.ScheduledFor)
            {
                return;
            }

            Remove(timer);
        }

        timer.ScheduledFor = timer.Deadline;

        // Rounded up: a timer never fires before its deadline.
        long slotTime = Math.Max(_nextSlotTime, (timer.Deadline + SlotTicks - 1) / SlotTicks);
        int slot = (int)(Math.Min(slotTime, _nextSlotTime + SlotCount - 2) % SlotCount);
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = _slots[slot];
        if (timer.Next is { } next)
        {
            next.Previous = timer;
        }

        _slots[slot] = timer;
        _occupied[slot / BitsPerWord] |= 1UL << (slot % BitsPerWord);
    }

    /// <summary>Takes a timer out.</summary>
    public void Remove(WheelTimer timer)
    {
        if (timer.Slot < 0)
        {
            return;
        }

        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _slots[timer.Slot] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[timer.Slot / BitsPerWord] &= ~(1UL << (timer.Slot % BitsPerWord));
            }
        }

        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }

        timer.Slot = -1;
        timer.Previous = null;
        timer.Next = null;
    }

    /// <summary>Takes out one timer that is due, or null. Call until it returns null.</summary>
    public WheelTimer? TakeDue(long now)
    {
        long last = now / SlotTicks;
        while (_nextSlotTime <= last)
        {
            int slot = (int)(_nextSlotTime % SlotCount);
            while (_slots[slot] is { } timer)
            {
                Remove(timer);
                if (timer.Deadline <= now)
                {
                    return timer;
                }

                // Moved later meanwhile, or more than a round away. Its new slot is never this one: that has passed.
                _nextSlotTime++;
                Schedule(timer);
                _nextSlotTime--;
            }

            _nextSlotTime++;
        }

        return null;
    }

    /// <summary>Milliseconds until the next slot that holds a timer, at most <paramref name="longest"/>.</summary>
    public int MillisecondsToNext(long now, int longest)
    {
        long? slotTime = NextOccupied();
        if (slotTime is null)
        {
            return longest;
        }

        long ticks = Math.Max(0, (slotTime.Value * SlotTicks) - now);
        return (int)Math.Min(longest, (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
    }

    private long? NextOccupied()
    {
        int start = (int)(_nextSlotTime % SlotCount);
        int words = _occupied.Length;
        for (int i = 0; i <= words; i++)
        {
            int word = ((start / BitsPerWord) + i) % words;
            ulong bits = _occupied[word];
            int shift = start % BitsPerWord;
            bits &= i == 0 ? ulong.MaxValue << shift : i == words ? ~(ulong.MaxValue << shift) : ulong.MaxValue;
            if (bits != 0)
            {
                int slot = (word * BitsPerWord) + BitOperations.TrailingZeroCount(bits);
                return _nextSlotTime + ((slot - start + SlotCount) % SlotCount);
            }
        }

        return null;
    }
}
