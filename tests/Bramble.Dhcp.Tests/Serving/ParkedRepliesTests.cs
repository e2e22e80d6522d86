using Bramble.Dhcp.Serving;

namespace Bramble.Dhcp.Tests.Serving;

public sealed class ParkedRepliesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Come_out_in_order_whole_and_not_before_their_time()
    {
        var random = new Random(1);
        var parked = new ParkedReplies(1000);
        var model = new Queue<(byte[] Message, long Sequence)>();
        long sequence = 0;
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(100) < (step / 2000 % 2 == 0 ? 60 : 40))
            {
                byte[] message = new byte[random.Next(240, 1500)];
                random.NextBytes(message);
                sequence += random.Next(3);
                bool added = parked.TryAdd(message, new Reply(message.Length, default, default, default, 68, default, true, false), sequence, s_now);
                Assert.True(added || model.Count > 500);
                if (added)
                {
                    model.Enqueue((message, sequence));
                }
            }
            else
            {
                long durable = sequence - random.Next(5);
                bool expected = model.TryPeek(out (byte[] Message, long Sequence) first) && first.Sequence <= durable;
                Assert.Equal(expected, parked.TryTake(durable, out ReadOnlySpan<byte> message, out Reply reply, out DateTimeOffset since));
                if (expected)
                {
                    model.Dequeue();
                    Assert.True(message.SequenceEqual(first.Message));
                    Assert.Equal((first.Message.Length, s_now), (reply.Interface, since));
                }
            }

            Assert.Equal(model.Count, parked.Count);
        }
    }

    [Fact]
    public void Refuses_more_than_it_has_room_for()
    {
        var few = new ParkedReplies(2);
        Assert.True(few.TryAdd(new byte[300], default, 1, s_now));
        Assert.True(few.TryAdd(new byte[300], default, 1, s_now));
        Assert.False(few.TryAdd(new byte[300], default, 1, s_now));

        var many = new ParkedReplies(int.MaxValue);
        int added = 0;
        while (many.TryAdd(new byte[1500], default, 1, s_now))
        {
            added++;
        }

        Assert.InRange(added, 1000, 1500);
        while (many.TryTake(1, out _, out _, out _))
        {
            added--;
        }

        Assert.Equal(0, added);
        Assert.True(many.TryAdd(new byte[1500], default, 1, s_now));
    }
}
