using System.Buffers.Binary;
using System.Numerics;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Serving;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging.Abstractions;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>The loader of the lease journal: whatever the file holds, it opens, and what it loaded is the same after it was written anew.</summary>
internal sealed class LeaseJournalTarget : IFuzzTarget, IDisposable
{
    private const int RecordHeader = 4;
    private readonly DirectoryInfo _folder = Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/bramble-fuzz-{Environment.ProcessId}-{Guid.NewGuid():N}")
        : Directory.CreateTempSubdirectory("bramble-fuzz-");

    public string Name => "lease-journal";

    public Mutator Mutator { get; } = Mutate;

    public IEnumerable<byte[]> Seeds => [[], [.. "bramble leases 1\n"u8], Journal(1), Journal(5), [.. Journal(3), 1, 2, 3], Journal(4)[..^2]];

    public void Run(ReadOnlySpan<byte> input)
    {
        string path = Path.Combine(_folder.FullName, "leases.journal");
        File.WriteAllBytes(path, input);
        string[] loaded, again;
        (LeaseJournal journal, LeaseBook book) = Open(path);
        using (journal)
        {
            loaded = Show(book);
            Require(book.Leases.Select(l => l.Address).Distinct().Count() == book.Leases.Count, "one address is in the book twice");
            Coverage.Outcome(3000 + Math.Min(10, book.Leases.Count));
        }

        (journal, book) = Open(path);
        using (journal)
        {
            Require(loaded.SequenceEqual(Show(book)), "the second start loads another book than the first");
            journal.CompactIfWorthwhile(book);
        }

        (journal, book) = Open(path);
        using (journal)
        {
            again = Show(book);
            Require(loaded.SequenceEqual(again), "the third start loads another book");
            Serve(book, journal);
        }

        (journal, book) = Open(path);
        using (journal)
        {
            Require(book.Leases.Count >= again.Length, "a lease is lost while serving");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static (LeaseJournal Journal, LeaseBook Book) Open(string path) =>
        LeaseJournal.Open(path, NullLogger.Instance, log => new LeaseBook(log, new DhcpScene(isProxy: false)));

    // The clients of the seeds come back: the loaded book must serve them.
    private static void Serve(LeaseBook book, LeaseJournal journal)
    {
        var scene = new DhcpScene(isProxy: false, book);
        var replies = new ReplyBatch(64);
        foreach (byte[] message in DhcpMessages.Real)
        {
            scene.Responder.Handle(message, new PacketArrival(0, default, Ipv4Address.Broadcast, scene.Now), replies);
        }

        Require(journal.TryFlush(), "the journal cannot be written");
    }

    private static string[] Show(LeaseBook book) =>
        [.. book.Leases.Select(l => $"{l.Address} {Convert.ToHexString(l.Key)} {l.Mac} {l.State} {l.HeldUntil:O}").Order(StringComparer.Ordinal)];

    private static byte[] Journal(int leases)
    {
        List<byte> content = [.. "bramble leases 1\n"u8];
        for (byte i = 0; i < leases; i++)
        {
            byte[] key = [10, 42, 0, 0, 0, 2, 0, 0, 0, 0, i];
            byte[] fields = new byte[28];
            byte[] start = [10, 42, 0, (byte)(4 + i), (byte)(1 + (i % 3)), (byte)key.Length, 2, 0, 0, 0, 0, i];
            start.CopyTo(fields, 0);
            BinaryPrimitives.WriteInt64BigEndian(fields.AsSpan(12), 1_788_000_000_000);
            BinaryPrimitives.WriteInt64BigEndian(fields.AsSpan(20), 1_788_001_000_000);
            content.AddRange(Sealed(LeaseRecord.Marker, 1, [.. fields, .. key]));
        }

        return [.. content];
    }

    private static byte[] Sealed(byte marker, byte type, byte[] payload)
    {
        byte[] record = [marker, type, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
        byte[] crc = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc(record));
        return [.. record, .. crc];
    }

    // CRC-32C as the format has it: chance alone would never find a record whose sum is right.
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte octet in data)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return ~crc;
    }

    private static byte[] Mutate(Random random, byte[] input, byte[] other)
    {
        int header = "bramble leases 1\n"u8.Length;
        if (input.Length <= header || random.Next(4) == 0)
        {
            return ByteMutations.Mutate(random, input, other);
        }

        List<byte[]> records = Records(input[header..]);
        if (random.Next(3) == 0)
        {
            ListMutations.Mutate(random, records, other.Length > header ? Records(other[header..]) : []);
        }
        else
        {
            int index = random.Next(records.Count);
            byte[] record = records[index];
            if (record.Length > RecordHeader + 4)
            {
                byte[] payload = ByteMutations.Mutate(random, record[RecordHeader..^4], []);
                records[index] = Sealed(record[0], random.Next(8) == 0 ? (byte)random.Next(4) : record[1], payload);
            }
        }

        return [.. input[..header], .. records.SelectMany(r => r)];
    }

    private static List<byte[]> Records(byte[] data)
    {
        var records = new List<byte[]>();
        int at = 0;
        while (at < data.Length)
        {
            int length = at + RecordHeader > data.Length ? data.Length - at : Math.Min(data.Length - at, RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at + 2)) + 4);
            records.Add(data[at..(at + length)]);
            at += length;
        }

        return records.Count > 0 ? records : [[]];
    }
}
