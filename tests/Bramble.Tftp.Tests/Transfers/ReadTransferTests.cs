using Bramble.Tftp.Transfers;

namespace Bramble.Tftp.Tests.Transfers;

public sealed class ReadTransferTests
{
    private const long Second = TimeSpan.TicksPerSecond;
    private const long Millisecond = TimeSpan.TicksPerMillisecond;

    [Fact]
    public void Lockstep_sends_one_block_for_each_acknowledgment()
    {
        var transfer = new ReadTransfer(Parameters(1025, window: 1));
        Assert.Equal(TransferStep.Options, transfer.Start(0));
        Assert.Equal(new TransferStep(TransferAction.SendData, 1, 1), transfer.OnAcknowledgment(0, 1));
        Assert.Equal(new TransferStep(TransferAction.SendData, 2, 1), transfer.OnAcknowledgment(1, 2));
        Assert.Equal(new TransferStep(TransferAction.SendData, 3, 1), transfer.OnAcknowledgment(2, 3));
        Assert.Equal(1, transfer.LengthOf(3));
        Assert.Equal(TransferStep.None, transfer.OnAcknowledgment(3, 4));
        Assert.Equal(TransferState.Completed, transfer.State);
        Assert.Equal(1025, transfer.AcknowledgedBytes);
        Assert.Equal(0, transfer.Retransmits);
    }

    [Fact]
    public void Without_options_the_first_block_answers_the_request()
    {
        var transfer = new ReadTransfer(Parameters(0, window: 1) with { SendsOptions = false });
        Assert.Equal(new TransferStep(TransferAction.SendData, 1, 1), transfer.Start(0));
        Assert.Equal(0, transfer.LengthOf(1));
        transfer.OnAcknowledgment(1, 1);
        Assert.Equal(TransferState.Completed, transfer.State);
    }

    [Fact]
    public void Duplicate_acknowledgments_do_not_wake_the_sorcerers_apprentice()
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1));
        transfer.Start(0);
        Assert.Equal(TransferAction.SendData, transfer.OnAcknowledgment(0, 1).Action);
        Assert.Equal(TransferAction.None, transfer.OnAcknowledgment(0, 2).Action);
        Assert.Equal(TransferAction.SendData, transfer.OnAcknowledgment(1, 3).Action);
        Assert.Equal(TransferAction.None, transfer.OnAcknowledgment(1, 4).Action);
        Assert.Equal(TransferAction.None, transfer.OnAcknowledgment(0, 5).Action);
        Assert.Equal(TransferAction.None, transfer.OnAcknowledgment(9, 6).Action);
    }

    [Fact]
    public void The_options_are_never_sent_twice_within_a_second()
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1));
        transfer.Start(0);
        Assert.Equal(TransferStep.None, transfer.OnRequestAgain(1));
        Assert.Equal(TransferStep.None, transfer.OnRequestAgain(Second - 1));
        Assert.Equal(TransferStep.None, transfer.OnTimer(Second - 1));
        Assert.Equal(TransferStep.Options, transfer.OnRequestAgain(Second));
        Assert.Equal(TransferStep.None, transfer.OnTimer(Second + 1));
        Assert.Equal(TransferStep.Options, transfer.OnTimer(2 * Second));
    }

    [Fact]
    public void A_request_that_is_repeated_after_the_first_acknowledgment_is_not_answered()
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1));
        transfer.Start(0);
        transfer.OnAcknowledgment(0, 1);
        Assert.Equal(TransferStep.None, transfer.OnRequestAgain(5 * Second));
    }

    [Fact]
    public void A_client_that_never_answers_gets_three_packets_and_is_given_up()
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1));
        int packets = transfer.Start(0).Action == TransferAction.SendOptions ? 1 : 0;
        while (!transfer.HasEnded)
        {
            packets += transfer.OnTimer(transfer.Deadline).Action == TransferAction.None ? 0 : 1;
        }

        Assert.Equal(3, packets);
        Assert.Equal(TransferState.TimedOut, transfer.State);
        Assert.Equal(31 * Second, transfer.Deadline);
        Assert.False(transfer.IsConfirmed);
    }

    [Fact]
    public void A_silent_client_is_asked_again_at_growing_intervals()
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1));
        transfer.Start(0);
        transfer.OnAcknowledgment(0, 0);
        var times = new List<long>();
        while (!transfer.HasEnded)
        {
            long now = transfer.Deadline;
            if (transfer.OnTimer(now) == new TransferStep(TransferAction.SendData, 1, 1))
            {
                times.Add(now / Second);
            }
        }

        Assert.Equal([1, 3, 7, 15, 23], times);
        Assert.Equal(TransferState.TimedOut, transfer.State);
        Assert.Equal(5, transfer.Retransmits);
    }

    [Fact]
    public void A_timeout_that_the_client_chose_does_not_grow()
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1) with { DataTimeout = 200 * Millisecond, MaxTimeout = 200 * Millisecond });
        transfer.Start(0);
        transfer.OnAcknowledgment(0, 0);
        for (int i = 1; i <= 4; i++)
        {
            Assert.Equal(i * 200 * Millisecond, transfer.Deadline);
            transfer.OnTimer(transfer.Deadline);
        }
    }

    [Fact]
    public void No_transfer_lasts_longer_than_its_bound()
    {
        var transfer = new ReadTransfer(Parameters(long.MaxValue / 2, window: 1) with { MaxDuration = 60 * Second });
        transfer.Start(0);
        long now = 0;
        ushort block = 0;
        while (!transfer.HasEnded)
        {
            // A client that acknowledges just before each time-out, for ever.
            transfer.OnAcknowledgment(block++, now);
            now = Math.Min(now + (Second / 2), transfer.Deadline);
            transfer.OnTimer(now);
        }

        Assert.Equal(TransferState.TimedOut, transfer.State);
        Assert.Equal(60 * Second, now);
    }

    [Theory]
    [InlineData(new int[0], TransferState.Probed)]
    [InlineData(new[] { 0 }, TransferState.Probed)]
    [InlineData(new[] { 0, 1 }, TransferState.Aborted)]
    public void An_error_before_the_first_data_is_acknowledged_is_a_probe(int[] acknowledged, TransferState expected)
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1));
        transfer.Start(0);
        foreach (int block in acknowledged)
        {
            transfer.OnAcknowledgment((ushort)block, 1);
        }

        transfer.OnError(0);
        Assert.Equal(expected, transfer.State);
        Assert.Equal(TransferStep.None, transfer.OnTimer(100 * Second));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_last_acknowledgment_that_never_comes_is_waited_for_and_then_taken_for_lost(int window)
    {
        ReadTransfer transfer = WithOnlyTheEndOpen(window);
        int again = 0;
        while (!transfer.HasEnded)
        {
            again += transfer.OnTimer(transfer.Deadline).Action == TransferAction.SendData ? 1 : 0;
        }

        Assert.Equal(TransferState.Unconfirmed, transfer.State);
        Assert.InRange(again, 5, 6);
        Assert.True(transfer.Deadline >= 30 * Second, "the client had the patience of a bootloader to come back");
    }

    [Fact]
    public void The_last_acknowledgment_ends_the_transfer_also_after_the_block_was_sent_again()
    {
        ReadTransfer transfer = WithOnlyTheEndOpen(window: 1);
        Assert.Equal(TransferAction.SendData, transfer.OnTimer(transfer.Deadline).Action);
        transfer.OnAcknowledgment((ushort)transfer.LastBlock, 10 * Second);
        Assert.Equal(TransferState.Completed, transfer.State);
    }

    [Fact]
    public void Error_5_to_the_last_block_means_that_the_client_has_the_file_and_closed()
    {
        ReadTransfer transfer = WithOnlyTheEndOpen(window: 1);
        transfer.OnError(5);
        Assert.Equal(TransferState.Completed, transfer.State);
        Assert.Equal(5000, transfer.AcknowledgedBytes);
    }

    [Fact]
    public void Any_other_error_to_the_last_block_is_an_error()
    {
        ReadTransfer transfer = WithOnlyTheEndOpen(window: 1);
        transfer.OnError(3);
        Assert.Equal(TransferState.Aborted, transfer.State);
    }

    [Fact]
    public void A_client_that_asks_for_the_next_file_has_the_last_one_most_likely()
    {
        ReadTransfer end = WithOnlyTheEndOpen(window: 1);
        end.OnOtherRequest();
        Assert.Equal(TransferState.Unconfirmed, end.State);

        var middle = new ReadTransfer(Parameters(5000, window: 1));
        middle.Start(0);
        middle.OnAcknowledgment(0, 1);
        middle.OnOtherRequest();
        Assert.Equal(TransferState.Aborted, middle.State);
    }

    [Fact]
    public void A_late_acknowledgment_of_an_earlier_transfer_does_not_open_this_one()
    {
        var transfer = new ReadTransfer(Parameters(5000, window: 1));
        transfer.Start(0);
        Assert.Equal(TransferStep.None, transfer.OnAcknowledgment(17, 1));
        Assert.Equal(TransferState.Opening, transfer.State);
    }

    [Fact]
    public void A_window_is_sent_at_once_and_the_next_after_its_acknowledgment()
    {
        var transfer = new ReadTransfer(Parameters(512 * 10, window: 4));
        transfer.Start(0);
        Assert.Equal(new TransferStep(TransferAction.SendData, 1, 4), transfer.OnAcknowledgment(0, 10));
        Assert.Equal(new TransferStep(TransferAction.SendData, 5, 4), transfer.OnAcknowledgment(4, 20));
        Assert.Equal(new TransferStep(TransferAction.SendData, 9, 3), transfer.OnAcknowledgment(8, 30));
        transfer.OnAcknowledgment(11, 40);
        Assert.Equal(TransferState.Completed, transfer.State);
        Assert.Equal(0, transfer.Retransmits);
    }

    [Fact]
    public void A_gap_in_a_window_makes_the_sender_go_back_to_it()
    {
        var transfer = new ReadTransfer(Parameters(512 * 20, window: 4));
        transfer.Start(0);
        transfer.OnAcknowledgment(0, 10);
        Assert.Equal(new TransferStep(TransferAction.SendData, 3, 4), transfer.OnAcknowledgment(2, 20));
        Assert.Equal(2, transfer.Retransmits);
    }

    [Fact]
    public void A_lost_first_block_of_a_window_is_sent_again_once_at_the_repeated_acknowledgment()
    {
        var transfer = new ReadTransfer(Parameters(512 * 20, window: 4));
        transfer.Start(0);
        transfer.OnAcknowledgment(0, 1000);
        transfer.OnAcknowledgment(4, 2000);
        Assert.Equal(new TransferStep(TransferAction.SendData, 5, 4), transfer.OnAcknowledgment(4, 3000));
        Assert.Equal(TransferStep.None, transfer.OnAcknowledgment(4, 3100));
        Assert.Equal(TransferStep.None, transfer.OnAcknowledgment(4, 5000));
    }

    [Fact]
    public void An_acknowledgment_that_the_network_doubled_is_no_gap()
    {
        var transfer = new ReadTransfer(Parameters(512 * 20, window: 4));
        transfer.Start(0);
        transfer.OnAcknowledgment(0, 1000);
        transfer.OnAcknowledgment(4, 2000);
        Assert.Equal(TransferStep.None, transfer.OnAcknowledgment(4, 2001));
    }

    private static ReadTransfer WithOnlyTheEndOpen(int window)
    {
        var transfer = new ReadTransfer(Parameters(5000, window));
        transfer.Start(0);
        transfer.OnAcknowledgment(0, 0);
        while (transfer.NextBlock <= transfer.LastBlock)
        {
            transfer.OnAcknowledgment((ushort)(transfer.NextBlock - 1), 0);
        }

        return transfer;
    }

    internal static TransferParameters Parameters(long length, int window, int blockSize = 512) => new()
    {
        Length = length,
        BlockSize = blockSize,
        WindowSize = window,
        SendsOptions = true,
        FirstTimeout = Second,
        DataTimeout = Second,
        MaxTimeout = 8 * Second,
        MaxRetries = 5,
        MaxOpeningRetries = 2,
        MaxDuration = 3600 * Second,
        Rollover = BlockRollover.ToZero,
    };
}
