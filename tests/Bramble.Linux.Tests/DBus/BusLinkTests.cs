using Bramble.Linux.DBus;
using Xunit;

namespace Bramble.Linux.Tests.DBus;

public class BusLinkTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_link_connects_anew_after_the_bus_was_lost_and_sets_up_again()
    {
        PrivateBus bus = new();
        await using var link = new BusLink(() => (BusConnection.TryOpen(bus.Address, out string reason), reason));
        int setUps = 0;
        link.Attach(_ =>
        {
            setUps++;
            return Task.CompletedTask;
        });
        IBusConnection first = await link.GetAsync();
        Assert.Same(first, await link.GetAsync());
        bus.Kill();
        await first.Closed.WaitAsync(s_patience);
        var none = await Assert.ThrowsAsync<BusException>(() => link.GetAsync().AsTask());
        Assert.Equal(BusErrors.NoServer, none.Name);

        bus.Dispose();
        bus = new PrivateBus();
        IBusConnection second = await link.GetAsync();
        Assert.NotSame(first, second);
        Assert.True(await second.HasOwnerAsync("org.freedesktop.DBus"));
        Assert.Equal(2, setUps);
        bus.Dispose();
    }

    [Fact]
    public async Task A_connection_that_cannot_be_set_up_is_not_kept()
    {
        using var bus = new PrivateBus();
        await using IBusConnection owner = bus.Connect();
        await owner.RequestNameAsync("org.bramble.Test1");
        await using BusLink link = bus.Link();
        link.Attach(connection => connection.RequestNameAsync("org.bramble.Test1"));
        var taken = await Assert.ThrowsAsync<BusException>(() => link.GetAsync().AsTask());
        Assert.Equal(BusErrors.NameTaken, taken.Name);
        await owner.ReleaseNameAsync("org.bramble.Test1");
        await link.GetAsync();
    }

    [Fact]
    public async Task Keeping_up_tells_of_the_loss_and_comes_back()
    {
        PrivateBus bus = new();
        await using var link = new BusLink(() => (BusConnection.TryOpen(bus.Address, out string reason), reason));
        var up = new SemaphoreSlim(0);
        var losses = new List<string>();
        link.Attach(_ =>
        {
            up.Release();
            return Task.CompletedTask;
        });
        using var stop = new CancellationTokenSource();
        Task keeping = link.KeepUpAsync(TimeProvider.System, why => losses.Add(why.Name), stop.Token);
        Assert.True(await up.WaitAsync(s_patience));
        PrivateBus old = bus;
        bus = new PrivateBus();
        old.Dispose();
        Assert.True(await up.WaitAsync(s_patience));
        Assert.Equal([BusErrors.Disconnected], losses);
        stop.Cancel();
        await keeping.WaitAsync(s_patience);
        bus.Dispose();
    }
}
