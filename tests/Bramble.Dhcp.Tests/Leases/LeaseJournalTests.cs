using Bramble.Dhcp.Leases;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging;

namespace Bramble.Dhcp.Tests.Leases;

public sealed class LeaseJournalTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-dhcp-").FullName;
    private readonly ServedSubnet _subnet = new(
        TestBench.Subnet("10.0.0.0/16"), new Ipv4Address(0x0A000001), new Ipv4Address(0x0A000100), new Ipv4Address(0x0A00F000));

    private readonly WarningCounter _log = new();

    private string JournalFile => Path.Combine(_folder, "state", "leases");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Any_truncation_loads_with_the_leases_before_it_and_can_be_written_on()
    {
        Write(5);
        byte[] whole = File.ReadAllBytes(JournalFile);
        int most = 0;
        for (int length = whole.Length; length >= 0; length--)
        {
            File.WriteAllBytes(JournalFile, whole[..length]);
            (LeaseJournal journal, LeaseBook book) = Open();
            int count = book.Leases.Count;
            Bind(book, 99);
            Assert.True(journal.TryFlush());
            journal.Dispose();
            (journal, book) = Open();
            Assert.Equal(count + 1, book.Leases.Count);
            journal.Dispose();
            most = Math.Max(most, count);
        }

        Assert.Equal(5, most);
    }

    [Fact]
    public void Damage_in_the_middle_costs_that_record_only()
    {
        Write(5);
        byte[] whole = File.ReadAllBytes(JournalFile);
        for (int i = 17; i < whole.Length; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[i] ^= 0x55;
            File.WriteAllBytes(JournalFile, damaged);
            _log.Warnings = 0;
            (LeaseJournal journal, LeaseBook book) = Open();
            journal.Dispose();
            Assert.Equal(4, book.Leases.Count);
            Assert.Equal(1, _log.Warnings);
        }
    }

    [Fact]
    public void File_that_is_no_journal_is_set_aside()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(JournalFile)!);
        File.WriteAllText(JournalFile, "something else altogether");
        (LeaseJournal journal, LeaseBook book) = Open();
        Assert.Empty(book.Leases);
        Bind(book, 1);
        journal.Dispose();
        Assert.Equal("something else altogether", File.ReadAllText(JournalFile + ".damaged"));
        Assert.Single(Reopened().Leases);
    }

    [Fact]
    public void Records_of_a_newer_version_are_skipped()
    {
        Write(2);
        byte[] whole = File.ReadAllBytes(JournalFile);
        int first = 17;
        int length = 8 + ((whole[first + 2] << 8) | whole[first + 3]);
        byte[] unknown = whole[first..(first + length)];
        unknown[1] = 77;
        uint crc = uint.MaxValue;
        foreach (byte octet in unknown[..^4])
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, octet);
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(unknown.AsSpan(length - 4), ~crc);
        File.WriteAllBytes(JournalFile, [.. whole[..first], .. unknown, .. whole[first..]]);
        Assert.Equal(2, Reopened().Leases.Count);
        Assert.Equal(0, _log.Warnings);
    }

    [Fact]
    public void Compaction_keeps_every_lease_and_shortens_the_file()
    {
        (LeaseJournal journal, LeaseBook book) = Open();
        for (int round = 0; round < 300; round++)
        {
            for (int i = 0; i < 5; i++)
            {
                Bind(book, i, s_now + (round * TimeSpan.FromHours(1)));
            }

            Assert.True(journal.TryFlush());
        }

        Assert.True(journal.Records > 512);
        long before = new FileInfo(JournalFile).Length;
        journal.CompactIfWorthwhile(book);
        Assert.True(journal.TryFlush());
        Assert.Equal(5, journal.Records);
        Bind(book, 6);
        journal.Dispose();
        Assert.True(new FileInfo(JournalFile).Length < before / 10);
        Assert.Equal(6, Reopened().Leases.Count);
    }

    [Fact]
    public void Renewals_are_not_written_more_often_than_half_the_lease_time()
    {
        (LeaseJournal journal, LeaseBook book) = Open();
        using (journal)
        {
            int written = 0;
            for (int minute = 0; minute <= 240; minute += 5)
            {
                Bind(book, 1, s_now + TimeSpan.FromMinutes(minute));
                written += journal.HasPending ? 1 : 0;
                journal.TryFlush();
                Lease lease = Assert.Single(book.Leases);
                Assert.True(lease.HeldUntil >= lease.Expires);
            }

            // Four hours of one-hour leases: at most one write each half hour, and one to begin.
            Assert.InRange(written, 2, 9);
        }
    }

    [Fact]
    public void Second_server_cannot_open_the_same_journal_also_after_a_compaction()
    {
        (LeaseJournal journal, LeaseBook book) = Open();
        using (journal)
        {
            Assert.ThrowsAny<IOException>(() => Open());
            Bind(book, 1);
            journal.RequestCompaction(book);
            Assert.True(journal.TryFlush());
            Assert.ThrowsAny<IOException>(() => Open());
            Bind(book, 2);
        }

        Assert.Equal(2, Reopened().Leases.Count);
        Assert.Equal([JournalFile], Directory.GetFiles(Path.GetDirectoryName(JournalFile)!));
    }

    [Fact]
    public void Format_is_that_of_version_1()
    {
        // Every later version must read this, and write what this version reads.
        Write(1);
        Assert.Equal(
            "6272616D626C65206C656173657320310A" + "B701" + "0027" + "0A000100" + "01" + "0B" + "020000000000" + "000001A05A7AEA80" + "000001A05A9661C0" + "0A000000" + "00" + "020000000000" + "F9C5966C",
            Convert.ToHexString(File.ReadAllBytes(JournalFile)));
    }

    private void Write(int leases)
    {
        (LeaseJournal journal, LeaseBook book) = Open();
        for (int i = 0; i < leases; i++)
        {
            Bind(book, i);
        }

        Assert.True(journal.TryFlush());
        journal.Dispose();
    }

    private LeaseBook Reopened()
    {
        (LeaseJournal journal, LeaseBook book) = Open();
        journal.Dispose();
        return book;
    }

    private (LeaseJournal Journal, LeaseBook Book) Open() => LeaseJournal.Open(JournalFile, _log, log => new LeaseBook(log, new TestPolicy()));

    private void Bind(LeaseBook book, int client, DateTimeOffset? now = null)
    {
        var mac = new MacAddress(0x020000000000 + (ulong)client);
        ReadOnlySpan<byte> key = ClientKey.WriteMac(new byte[ClientKey.Maximum], _subnet.Subnet, mac);
        Assert.NotNull(book.Bind(new LeaseClient(_subnet, key, mac), new Ipv4Address(0x0A000100 + (uint)client), now ?? s_now, TimeSpan.FromHours(1)));
    }

    private sealed class WarningCounter : ILogger
    {
        public int Warnings { get; set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Warnings += logLevel == LogLevel.Warning ? 1 : 0;
        }
    }
}
