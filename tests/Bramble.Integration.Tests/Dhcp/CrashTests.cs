using System.Diagnostics;
using System.Globalization;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Integration.Tests.Lab;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>The server is killed at any instant, under load: no lease that it acknowledged may be lost, and no address given twice.</summary>
[Trait("kind", "integration")]
public sealed class CrashTests : IDisposable
{
    private readonly BootBox _box = new("[dhcp]\nmode = server\npool = 10.77.0.50-10.77.0.199\n");

    [Fact]
    public void Killed_at_any_instant_under_load_it_knows_every_lease_that_it_acknowledged() => Crash(5);

    [Fact]
    [Trait("kind", "long")]
    public void Killed_at_50_instants_under_load_it_knows_every_lease_that_it_acknowledged() => Crash(50);

    private void Crash(int crashes)
    {
        int seed = Environment.GetEnvironmentVariable("BRAMBLE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        var random = new Random(seed);
        using var clients = new RestlessClients(_box.Segment, random);
        for (int crash = 1; crash <= crashes; crash++)
        {
            try
            {
                _box.Start();
                clients.CheckWithServer();
                KillAfter(TimeSpan.FromMilliseconds(random.Next(200)), clients);
                CompareWithJournal(clients);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"BRAMBLE_SEED={seed}, crash {crash}, {clients.Acks} ACKs: {e.Message}\n{_box.Server.Output}", e);
            }
        }

        _box.Start();
        clients.CheckWithServer();
    }

    public void Dispose() => _box.Dispose();

    // So long after the first ACK. The clients go on while another thread kills, so that the instant is any.
    private void KillAfter(TimeSpan time, RestlessClients clients)
    {
        using Process server = Process.GetProcessById(_box.Server.Id);
        int before = clients.Acks;
        var kill = new Thread(() =>
        {
            SpinWait.SpinUntil(() => clients.Acks > before, TimeSpan.FromSeconds(10));
            Thread.Sleep(time);
            server.Kill();
        });
        kill.Start();
        clients.Run(() => kill.IsAlive);
        kill.Join();
        Assert.True(server.WaitForExit(Wait.Soon));
        clients.Run(() => false);
        Assert.True(clients.Acks > before, "no ACK came at all");
    }

    // A copy: the file itself is the server's, and reading may mend it.
    private void CompareWithJournal(RestlessClients clients)
    {
        string copy = Path.Combine(_box.Folder, "copy");
        File.Copy(Path.Combine(_box.Folder, "state", "leases.journal"), copy, overwrite: true);
        (LeaseJournal journal, LeaseBook book) = LeaseJournal.Open(copy, NullLogger.Instance, log => new LeaseBook(log, new NoPolicy()));
        journal.Dispose();
        foreach ((MacAddress mac, Ipv4Address address, DateTimeOffset until) in clients.Held)
        {
            Lease? lease = book.FindByAddress(address);
            Assert.True(
                lease is { State: LeaseState.Bound } && lease.Mac == mac && lease.HeldUntil >= until,
                $"{address} was acknowledged to {mac} until {until:O}; the journal says {lease?.State} {lease?.Mac} {lease?.HeldUntil:O}");
        }
    }

    private sealed class NoPolicy : IBootPolicy
    {
        public BootDecision Decide(in BoardIdentity board, ClientStage stage, Ipv4Address server = default) => default;

        public bool IsReservedForOther(Ipv4Address address, MacAddress mac) => false;
    }
}
