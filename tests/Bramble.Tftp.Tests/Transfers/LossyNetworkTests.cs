using Bramble.Tftp.Transfers;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Tftp.Tests.Transfers;

public sealed class LossyNetworkTests
{
    // The server gives a silent client up after 31 s; a client that still asks keeps it for a while longer.
    private const long Bound = 3600 * TimeSpan.TicksPerSecond;

    private static readonly Gen<Case> s_cases =
        from seed in Gen.Choose(0, int.MaxValue)
        from blocks in Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, 200))
        from rest in Gen.Choose(0, 15)
        from window in Gen.Elements(1, 1, 2, 3, 8, 64)
        from options in Gen.Elements(true, false)
        from loss in Gen.Choose(0, 40)
        from duplication in Gen.Choose(0, 50)
        from jitter in Gen.Elements(0, 1, 20, 3000)
        select new Case(seed, (blocks * 16) + rest, window, options || window > 1, loss / 100.0, duplication / 100.0, jitter);

    [Fact]
    public void Whatever_is_lost_doubled_or_reordered_the_client_gets_the_file_or_the_server_ends_in_time()
    {
        Prop.ForAll(s_cases.ToArbitrary(), c =>
        {
            LossyNetwork network = c.Network();
            long end = network.Run();
            Assert.True(network.Server.HasEnded, "the server did not end");
            Assert.True(end <= Bound, "the server ended too late");
            if (network.Server.State == TransferState.Completed)
            {
                Assert.True(network.ClientIsDone, "the server believes in a file that the client does not have");
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

    [Fact]
    public void On_a_poor_network_nearly_every_transfer_completes()
    {
        int completed = 0;
        for (int seed = 0; seed < 500; seed++)
        {
            LossyNetwork network = new Case(seed, 16 * 500, seed % 2 == 0 ? 1 : 8, Options: true, Loss: 0.05, Duplication: 0.01, Jitter: 1).Network();
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
            LossyNetwork network = new Case(seed, 16 * 2000, window, Options: true, Loss: 0, duplication, Jitter: 0).Network(clientKnowsOldBlocks);
            network.Run();
            Assert.True(network.ClientIsDone);
            double perBlock = network.DataPacketsSent / 2001.0;
            Assert.True(perBlock <= mostPerBlock, $"{perBlock} packets a block");
        }
    }

    private sealed record Case(int Seed, long Length, int Window, bool Options, double Loss, double Duplication, int Jitter)
    {
        public LossyNetwork Network(bool clientKnowsOldBlocks = false) => new(
            Seed, ReadTransferTests.Parameters(Length, Window, blockSize: 16) with { SendsOptions = Options }, Loss, Duplication, Jitter)
        {
            ClientKnowsOldBlocks = clientKnowsOldBlocks,
        };
    }
}
