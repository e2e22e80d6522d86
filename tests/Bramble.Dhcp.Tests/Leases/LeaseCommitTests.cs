using Bramble.Dhcp.Leases;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bramble.Dhcp.Tests.Leases;

/// <summary>When records are durable, on a disk that is slow, full, or breaks between two records.</summary>
public sealed class LeaseCommitTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ServedSubnet _subnet = new(
        TestBench.Subnet("10.0.0.0/16"), new Ipv4Address(0x0A000001), new Ipv4Address(0x0A000100), new Ipv4Address(0x0A00F000));

    private readonly TestLeaseFile _file = new();
    private readonly SemaphoreSlim _attempts = new(0);
    private readonly LeaseJournal _journal;
    private readonly LeaseBook _book;

    public LeaseCommitTests()
    {
        (_journal, _book) = Open(_file);
        _journal.Committed = () => _attempts.Release();
    }

    public void Dispose()
    {
        _file.Disk.Set();
        _journal.Dispose();
    }

    [Fact]
    public void Records_gather_while_the_disk_works_and_then_go_in_one_write()
    {
        _file.Disk.Reset();
        Bind(1);
        _journal.Submit();
        Wait(_file.Writing);
        for (int i = 2; i <= 500; i++)
        {
            Bind(i);
            _journal.Submit();
        }

        Assert.Equal((500, 0), (_journal.Appended, _journal.Durable));
        _file.Disk.Set();
        Until(() => _journal.Durable == 500);

        Assert.Equal(2, _file.Writes);
        Assert.Equal(500, Reread().Count);
    }

    [Fact]
    public void What_cannot_be_written_is_told_kept_and_written_later()
    {
        _file.WriteFails = true;
        Bind(1);
        Bind(2);
        _journal.Submit();
        NextAttempt();
        Assert.Equal(2, _journal.TakeFailure());
        Assert.Equal(-1, _journal.TakeFailure());
        Bind(3);
        Assert.False(_journal.TryFlush());
        Assert.Equal((0L, true), (_journal.Durable, _journal.HasPending));

        _file.WriteFails = false;
        _journal.Submit();
        Until(() => _journal.Durable == 3);
        Assert.Equal(3, Reread().Count);
    }

    [Fact]
    public void A_failed_write_is_tried_again_without_being_asked()
    {
        _file.WriteFails = true;
        Bind(1);
        _journal.Submit();
        NextAttempt();
        _file.WriteFails = false;
        NextAttempt();
        Until(() => _journal.Durable == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Records_of_the_time_of_a_compaction_are_neither_lost_nor_durable_too_early(bool compactionFails)
    {
        _file.ReplaceFails = compactionFails;
        for (int round = 0; round < 600; round++)
        {
            Bind(1, s_now + (round * TimeSpan.FromHours(1)));
        }

        _file.Disk.Reset();
        _journal.Submit();
        Wait(_file.Writing);

        // While the first write hangs: some that the compaction covers, the compaction, and some behind it.
        Bind(2);
        _journal.RequestCompaction(_book);
        Bind(3);
        _journal.Submit();
        Assert.Equal(0, _journal.Durable);
        _file.Disk.Set();
        Until(() => _journal.Durable == 602);

        Assert.Equal(compactionFails ? 0 : 1, _file.Replacements);
        Assert.Equal(compactionFails ? 602 : 3, _journal.Records);
        Assert.Equal([1, 2, 3], Reread().Select(l => (int)l.Mac.Value & 0xFFFF).Order());
    }

    [Fact]
    public void Closing_writes_what_has_gathered()
    {
        Bind(1);
        _journal.Dispose();
        Assert.Single(Reread());
    }

    [Fact]
    public void Every_order_of_writes_failures_and_compactions_keeps_what_was_durable()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var file = new TestLeaseFile();
            (LeaseJournal journal, LeaseBook book) = Open(file);
            var durable = new Dictionary<int, DateTimeOffset>();
            var latest = new Dictionary<int, DateTimeOffset>();
            for (int step = 0; step < 60; step++)
            {
                file.WriteFails = random.Next(3) == 0;
                file.ReplaceFails = random.Next(2) == 0;
                int client = random.Next(5);
                latest[client] = s_now + TimeSpan.FromDays(step);
                Bind(client, latest[client], book);
                if (random.Next(4) == 0)
                {
                    journal.RequestCompaction(book);
                }

                if (random.Next(2) == 0 && journal.TryFlush())
                {
                    Assert.Equal(journal.Appended, journal.Durable);
                    durable = new Dictionary<int, DateTimeOffset>(latest);
                }

                Dictionary<int, DateTimeOffset> onDisk = Reread(file).ToDictionary(l => (int)l.Mac.Value & 0xFFFF, l => l.Expires);
                foreach ((int key, DateTimeOffset since) in durable)
                {
                    Assert.True(onDisk.TryGetValue(key, out DateTimeOffset until) && until > since, $"seed {seed}, step {step}: client {key}");
                }
            }
        }
    }

    private static (LeaseJournal Journal, LeaseBook Book) Open(TestLeaseFile file) =>
        LeaseJournal.Open("/nonexistent", file, NullLogger.Instance, log => new LeaseBook(log, new TestPolicy()));

    private static void Wait(ManualResetEventSlim e) => Assert.True(e.Wait(TimeSpan.FromSeconds(10)));

    private static void Until(Func<bool> isSo) => Assert.True(SpinWait.SpinUntil(isSo, TimeSpan.FromSeconds(10)));

    private void NextAttempt() => Assert.True(_attempts.Wait(TimeSpan.FromSeconds(10)));

    private IReadOnlyCollection<Lease> Reread() => Reread(_file);

    private static IReadOnlyCollection<Lease> Reread(TestLeaseFile file)
    {
        var copy = new TestLeaseFile();
        copy.Cut(0);
        copy.Write(file.Content, 0);
        (LeaseJournal journal, LeaseBook book) = Open(copy);
        journal.Dispose();
        return book.Leases;
    }

    private void Bind(int client, DateTimeOffset? now = null, LeaseBook? book = null)
    {
        var mac = new MacAddress(0x020000000000 + (ulong)client);
        ReadOnlySpan<byte> key = ClientKey.WriteMac(new byte[ClientKey.Maximum], _subnet.Subnet, mac);
        Assert.NotNull((book ?? _book).Bind(new LeaseClient(_subnet, key, mac), new Ipv4Address(0x0A000100 + (uint)client), now ?? s_now, TimeSpan.FromHours(1)));
    }
}
