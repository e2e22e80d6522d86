using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Linux.Tests.DBus;
using Bramble.Linux.Tests.Systemd;
using Bramble.Storage.Contract;
using Xunit;

namespace Bramble.Tests.Bus;

public sealed class SystemdUnitReloaderTests : IDisposable
{
    private readonly PrivateBus _bus = new();

    public void Dispose() => _bus.Dispose();

    [Fact]
    public async Task A_reload_is_done_or_says_why_not()
    {
        await using FakeSystemd systemd = await FakeSystemd.StartAsync(_bus.Connect());
        await using BusLink link = _bus.Link();
        var reloader = new SystemdUnitReloader(link);
        Assert.True((await reloader.ReloadOrRestartAsync("nfs-server.service", CancellationToken.None)).IsDone);
        systemd.ResultOf = _ => "timeout";
        UnitJobResult late = await reloader.ReloadOrRestartAsync("tgt.service", CancellationToken.None);
        Assert.Equal("timeout", late.Result);
        Assert.Contains("journalctl -u tgt.service", late.Words);
        UnitJobResult missing = await reloader.ReloadOrRestartAsync("missing.service", CancellationToken.None);
        Assert.False(missing.IsDone);
        Assert.Contains("missing.service", missing.Words);
    }

    [Fact]
    public async Task Without_systemd_or_bus_it_is_not_available()
    {
        await using BusLink link = _bus.Link();
        Assert.True((await new SystemdUnitReloader(link).ReloadOrRestartAsync("a.service", CancellationToken.None)).IsNotAvailable);
        await using var noBus = new BusLink(() => (null, "no bus here"));
        UnitJobResult none = await new SystemdUnitReloader(noBus).ReloadOrRestartAsync("a.service", CancellationToken.None);
        Assert.True(none.IsNotAvailable);
        Assert.Equal("no bus here", none.Words);
    }
}
