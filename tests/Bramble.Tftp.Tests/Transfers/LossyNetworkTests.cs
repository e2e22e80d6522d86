using Bramble.Tftp.Transfers;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Tftp.Tests.Transfers;

public sealed class LossyNetworkTests
{
    // Time-outs of 1, 2, 4, 8, 8 and 8 s, and the quick one of a window before them.
    private const long MostSilence = 32 * TimeSpan.TicksPerSecond;

    private static readonly Gen<Case> s_cases =
        from seed in Gen.Choose(0, int.MaxValue)
        from blockSize in Gen.Elements(8, 16, 512, 1468)
        from blocks in Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, 200))
        from rest in Gen.OneOf(Gen.Elements(0, 1, blockSize - 1), Gen.Choose(0, blockSize - 1))
        from window in Gen.OneOf(Gen.Constant(1), Gen.Choose(1, 64))
        from options in Gen.Elements(true, false)
        from loss in Gen.Choose(0, 40)
        from duplication in Gen.Choose(0, 50)
        from jitter in Gen.Elements(0, 1, 20, 3000)
        select new Case(seed, (blocks * (long)blockSize) + rest, blockSize, window, options || window > 1, loss / 100.0, duplication / 100.0, jitter);

    [Fact]
    public void Whatever_is_lost_doubled_or_reordered_the_client_gets_the_file_or_the_server_ends_in_time()
    {
        Prop.ForAll(s_cases.ToArbitrary(), c =>
        {
            LossyNetwork network = c.Network();
            long end = network.Run();
            Assert.True(network.Server.HasEnded, "the server did not end");
            Assert.True(end - network.LastHeard <= MostSilence, $"the server ended {TimeSpan.FromTicks(end - network.LastHeard)} after the client's last packet");
            if (network.Server.State == TransferState.Completed)
            {
                Assert.True(network.ClientIsDone, "the server believes in a file that the client does not have");
                Assert.Equal(c.Length, network.Server.AcknowledgedBytes);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Without_loss_every_transfer_completes()
    {
        Prop.ForAll(s_cases.ToArbitrary(), c =>
        {
            LossyNetwork network = (c with { Loss = 0, Jitter = Math.Min(c.Jitter, 20) }).Network();
            network.Run();
            Assert.True(network.ClientIsDone, "the client lacks blocks");
            Assert.Equal(TransferState.Completed, network.Server.State);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Theory]
    [InlineData(1, BlockRollover.ToZero)]
    [InlineData(7, BlockRollover.ToZero)]
    [InlineData(64, BlockRollover.ToZero)]
    [InlineData(64, BlockRollover.ToOne)]
    public void A_file_of_more_blocks_than_numbers_arrives_whole_over_a_poor_network(int window, BlockRollover rollover)
    {
        var poor = new Case(window, (8 * 66_000) + 5, 8, window, Options: true, Loss: 0.02, Duplication: 0.01, Jitter: 1);
        LossyNetwork network = poor.Network(rollover: rollover, reordering: 0.05);
        long end = network.Run();
        Assert.True(network.ClientIsDone, $"{network.Server.State} after {TimeSpan.FromTicks(end)} with {network.Server.AcknowledgedBytes} bytes");
    }

    [Fact]
    public void On_a_poor_network_nearly_every_transfer_completes()
    {
        int completed = 0;
        for (int seed = 0; seed < 500; seed++)
        {
            LossyNetwork network = new Case(seed, 16 * 500, 16, seed % 2 == 0 ? 1 : 8, Options: true, Loss: 0.05, Duplication: 0.01, Jitter: 1).Network();
            network.Run();
            completed += network.ClientIsDone ? 1 : 0;
        }

        Assert.Equal(500, completed);
    }

    [Theory]
    [InlineData(1, 1.0, true, 1.1)]
    [InlineData(2, 1.0, true, 1.1)]
    [InlineData(8, 1.0, true, 1.1)]
    [InlineData(64, 1.0, true, 1.1)]
    [InlineData(1, 0.01, false, 1.1)]
    [InlineData(2, 0.01, false, 1.1)]
    [InlineData(8, 0.01, false, 1.2)]
    [InlineData(64, 0.01, false, 2.0)]
    public void Doubled_packets_do_not_double_the_data_for_ever(int window, double duplication, bool clientKnowsOldBlocks, double mostPerBlock)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            LossyNetwork network = new Case(seed, 16 * 2000, 16, window, Options: true, Loss: 0, duplication, Jitter: 0).Network(clientKnowsOldBlocks);
            network.Run();
            Assert.True(network.ClientIsDone);
            double perBlock = network.DataPacketsSent / 2001.0;
            Assert.True(perBlock <= mostPerBlock, $"{perBlock} packets a block");
        }
    }

    private sealed record Case(int Seed, long Length, int BlockSize, int Window, bool Options, double Loss, double Duplication, int Jitter)
    {
        public LossyNetwork Network(bool clientKnowsOldBlocks = false, BlockRollover rollover = BlockRollover.ToZero, double reordering = 1) => new(
            Seed, ReadTransferTests.Parameters(Length, Window, BlockSize) with { SendsOptions = Options, Rollover = rollover }, Loss, Duplication, Jitter)
        {
            ClientKnowsOldBlocks = clientKnowsOldBlocks,
            Reordering = reordering,
        };
    }
}
