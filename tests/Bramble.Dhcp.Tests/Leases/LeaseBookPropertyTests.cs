using Bramble.Dhcp.Leases;
using Bramble.Linux.Net;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bramble.Dhcp.Tests.Leases;

/// <summary>Random clients doing random things to a small pool.</summary>
public sealed class LeaseBookPropertyTests : IDisposable
{
    private static readonly TimeSpan s_leaseTime = TimeSpan.FromHours(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-dhcp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void No_address_is_ever_acknowledged_to_two_clients()
    {
        Prop.ForAll(Actions(), actions =>
        {
            var run = new Run(new NullLeaseLog());
            foreach (int action in actions)
            {
                run.Do(action);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Reload_gives_the_same_book_and_still_no_address_twice()
    {
        Prop.ForAll(Actions(), actions =>
        {
            string path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
            var policy = new TestPolicy();
            (LeaseJournal journal, LeaseBook book) = LeaseJournal.Open(path, NullLogger.Instance, log => new LeaseBook(log, policy));
            var run = new Run(journal, book);
            int half = actions.Length / 2;
            foreach (int action in actions[..half])
            {
                run.Do(action);
            }

            Assert.True(journal.TryFlush());
            Dictionary<Ipv4Address, string> before = Durable(book);
            journal.Dispose();
            (journal, book) = LeaseJournal.Open(path, NullLogger.Instance, log => new LeaseBook(log, policy));
            using (journal)
            {
                Dictionary<Ipv4Address, string> after = Durable(book);
                foreach ((Ipv4Address address, string lease) in before)
                {
                    Assert.Equal(lease, after[address]);
                }

                run.GoOnWith(book);
                foreach (int action in actions[half..])
                {
                    run.Do(action);
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    // An offer that nobody took up is not for the disk; what it stands over may be. Nor is its release, after which the disk may
    // still have an older lease of the same client, long over.
    private static Dictionary<Ipv4Address, string> Durable(LeaseBook book) => book.Leases
        .Where(l => l.State is not (LeaseState.Offered or LeaseState.Released))
        .ToDictionary(l => l.Address, l => $"{Convert.ToHexString(l.Key)} {l.Mac} {l.State} {l.HeldUntil:O}");

    private static Arbitrary<int[]> Actions() => Gen.Choose(0, 5 * 12 * 8 - 1).ArrayOf().Resize(200).ToArbitrary();

    private sealed class Run(ILeaseLog log, LeaseBook? book = null)
    {
        private readonly ServedSubnet _subnet = new(
            TestBench.Subnet("10.0.0.0/28"), new Ipv4Address(0x0A000001), new Ipv4Address(0x0A000002), new Ipv4Address(0x0A000006));

        // What clients were told on the wire: address → client and until when.
        private readonly Dictionary<Ipv4Address, (int Client, DateTimeOffset Until)> _acknowledged = [];
        private readonly Dictionary<int, Ipv4Address> _offered = [];
        private LeaseBook _book = book ?? new LeaseBook(log, new TestPolicy());
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public void GoOnWith(LeaseBook loaded)
        {
            _book = loaded;
            _offered.Clear();
        }

        public void Do(int action)
        {
            int client = action % 8;
            int argument = action / 8 % 12;
            var mac = new MacAddress(0x020000000000 + (ulong)client);
            Span<byte> buffer = stackalloc byte[ClientKey.Maximum];
            ReadOnlySpan<byte> key = ClientKey.WriteMac(buffer, _subnet.Subnet, mac);
            var wanted = new Ipv4Address(0x0A000000 + (uint)argument);
            switch (action / 96)
            {
                case 0:
                    _now += TimeSpan.FromMinutes(argument * 3);
                    Lease? offer = _book.Offer(new LeaseClient(_subnet, key, mac), wanted, _now, out _);
                    if (offer is not null)
                    {
                        AssertFreeFor(offer.Address, client);
                        _offered[client] = offer.Address;
                    }

                    break;
                case 1:
                case 2:
                    Ipv4Address asked = action / 96 == 1 ? _offered.GetValueOrDefault(client, wanted) : wanted;
                    Lease? bound = _book.Bind(new LeaseClient(_subnet, key, mac), asked, _now, s_leaseTime);
                    if (bound is not null)
                    {
                        AssertFreeFor(bound.Address, client);
                        Assert.True(bound.HeldUntil >= bound.Expires, "the disk covers what was acknowledged");
                        _acknowledged[bound.Address] = (client, bound.Expires);
                    }

                    break;
                case 3:
                    Ipv4Address own = _acknowledged.FirstOrDefault(p => p.Value.Client == client).Key;
                    if (_book.Release(key, own, _now))
                    {
                        _acknowledged.Remove(own);
                    }

                    break;
                default:
                    if (_book.Decline(key, wanted, _now))
                    {
                        _acknowledged.Remove(wanted);
                    }

                    break;
            }
        }

        private void AssertFreeFor(Ipv4Address address, int client)
        {
            Assert.True(_subnet.InPool(address));
            if (_acknowledged.TryGetValue(address, out (int Client, DateTimeOffset Until) holder) && holder.Until > _now)
            {
                Assert.Equal(holder.Client, client);
            }
        }
    }
}
