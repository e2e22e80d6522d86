using Bramble.Appliance.Upgrade;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Linux.DBus;
using Bramble.Linux.I2c;
using Bramble.Linux.Tests.DBus;
using Bramble.Panel;
using Bramble.Panel.Display;
using Bramble.Panel.Leds;
using Bramble.Panel.Pages;
using Bramble.Panel.State;
using Bramble.VirtualPanel;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bramble.Tests.Panel;

/// <summary>The panel's thread with a display that is a model and LEDs that are files.</summary>
public sealed class PanelServiceTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly string _leds = Directory.CreateTempSubdirectory("bramble-leds").FullName;
    private readonly QuietPanel _host = new();
    private readonly SharedGlass _bus = new();

    public PanelServiceTests()
    {
        string act = Directory.CreateDirectory(Path.Combine(_leds, "ACT")).FullName;
        File.WriteAllText(Path.Combine(act, "brightness"), "0");
        File.WriteAllText(Path.Combine(act, "max_brightness"), "255\n");
        File.WriteAllText(Path.Combine(act, "trigger"), "none timer [mmc0]");
    }

    public void Dispose() => Directory.Delete(_leds, recursive: true);

    [Fact]
    public void Display_and_led_are_found_and_show_the_state()
    {
        using (PanelService panel = Start())
        {
            Until(() => _bus.IsLit(panel));
            Until(() => Led("brightness").StartsWith("255", StringComparison.Ordinal));
            Assert.Equal("none", Led("trigger"));
            Assert.Equal(PageKind.Overview, panel.Look().Page);
        }

        // Let go as they were found.
        Assert.False(_bus.IsOn);
        Assert.Equal(("0", "mmc0"), (Led("brightness")[..1], Led("trigger")));
    }

    [Fact]
    public void A_display_that_is_pulled_out_and_put_in_again_is_found_again()
    {
        using PanelService panel = Start();
        Until(() => _bus.IsLit(panel));
        _bus.Plug(false);
        Until(() => panel.Look().Width == 128 && _bus.Failures > 0);
        _bus.Plug(true);
        Until(() => _bus.IsLit(panel));
    }

    [Fact]
    public async Task A_bus_that_hangs_holds_up_nobody_but_the_panel()
    {
        using PanelService panel = Start();
        Until(() => _bus.IsLit(panel));
        using (_bus.Hang())
        {
            Until(() => _bus.IsHanging);
            // Whoever looks, presses or reloads while the thread is stuck in the kernel is answered at once.
            Task asked = Task.Run(() =>
            {
                for (int i = 0; i < 100; i++)
                {
                    panel.Look();
                    panel.Changed();
                    panel.RemoteButton(i % 2 == 0);
                    panel.Configure(new PanelConfig { Brightness = (byte)(i + 1) });
                }
            });
            await asked.WaitAsync(s_patience);
            Assert.True(_bus.IsHanging);
        }
    }

    [Fact]
    public void Without_any_part_pages_can_be_seen_and_pressed_from_afar()
    {
        using var panel = new PanelService(_host, new PanelConfig(), Hardware(new PanelConfig(), present: false), NullLogger.Instance);
        panel.Start();
        Assert.Equal((128, 64, PageKind.Overview, true), (panel.Look().Width, panel.Look().Height, panel.Look().Page, panel.Look().IsOn));
        panel.RemoteButton(true);
        Thread.Sleep(60);
        panel.RemoteButton(false);
        Until(() => panel.Look().Page == PageKind.Pairing);
    }

    [Fact]
    public void A_long_press_from_afar_opens_pairing_and_one_that_is_broken_off_does_not()
    {
        using PanelService panel = Start();
        panel.RemoteButton(true);
        Until(() => panel.Look().Signal == LedSignal.HoldPairing);
        panel.RemoteCancel();
        Until(() => panel.Look().Signal == LedSignal.Serving);
        panel.RemoteButton(true);
        Until(() => panel.Look().Signal == LedSignal.HoldPairing);
        Assert.Empty(_host.Asked);
        panel.RemoteButton(false);
        Until(() => _host.Asked.SequenceEqual(["open"]));
    }

    [Fact]
    public void A_refused_shutdown_is_told_and_the_panel_goes_on()
    {
        _host.Refusal = "Interactive authentication required.";
        using PanelService panel = Start();
        panel.RemoteButton(true);
        Until(() => panel.Look().Signal == LedSignal.HoldShutdown);
        panel.RemoteButton(false);
        Until(() => _host.Asked.SequenceEqual(["off"]));
        // It is shown for some seconds, in which a busy machine may not come to look: the machine's own test has that.
        Until(() => panel.Look() is { Page: not PageKind.ShuttingDown, Signal: LedSignal.Serving });
    }

    [Fact]
    public async Task Over_the_bus_it_looks_the_same_is_pressed_and_told_of_an_update_until_the_caller_leaves()
    {
        using var bus = new PrivateBus();
        await using IBusConnection service = bus.Connect();
        using PanelService panel = Start();
        await new PanelBusObject(panel, new BusCallers([0])).AttachAsync(service);
        await service.RequestNameAsync(PanelBusNames.Name);
        IBusConnection client = bus.Connect();
        var proxy = new PanelBusProxy(client);
        Until(() => panel.Look().Page == PageKind.Overview);
        Assert.Equal(panel.Look().Bits, (await proxy.LookAsync(CancellationToken.None)).Bits);
        await proxy.ButtonAsync(down: true, CancellationToken.None);
        Until(() => panel.Look().Signal == LedSignal.HoldPairing);
        await proxy.ButtonAsync(down: false, CancellationToken.None);
        Until(() => _host.Asked.SequenceEqual(["open"]));
        await proxy.SetUpdatingAsync(updating: true, CancellationToken.None);
        Until(() => panel.Look() is { Page: PageKind.Updating, Signal: LedSignal.Updating });
        await proxy.SetUpdatingAsync(updating: false, CancellationToken.None);
        Until(() => panel.Look().Page != PageKind.Updating);

        // Whoever leaves has not pressed, and updates no longer.
        await proxy.SetUpdatingAsync(updating: true, CancellationToken.None);
        Until(() => panel.Look().Page == PageKind.Updating);
        await proxy.ButtonAsync(down: true, CancellationToken.None);
        Until(() => panel.Look().Signal == LedSignal.HoldPairing);
        await client.DisposeAsync();
        Until(() => panel.Look() is { Page: not PageKind.Updating, Signal: not (LedSignal.HoldPairing or LedSignal.Updating) });
        Assert.Equal(["open"], _host.Asked);
    }

    [Fact]
    public async Task An_upgrade_that_is_written_is_shown_until_it_is_written()
    {
        using var bus = new PrivateBus();
        await using IBusConnection service = bus.Connect();
        using PanelService panel = Start();
        await new PanelBusObject(panel, new BusCallers([0])).AttachAsync(service);
        // Nobody has the name: there is nothing to show, and no reason to stop.
        await using (await UpdatingNotice.ShowAsync(bus.Connect))
        await using (await UpdatingNotice.ShowAsync(static () => null))
        {
            Until(() => panel.Look().Page == PageKind.Overview);
        }

        await service.RequestNameAsync(PanelBusNames.Name);
        await using (await UpdatingNotice.ShowAsync(bus.Connect))
        {
            Until(() => panel.Look() is { Page: PageKind.Updating, Signal: LedSignal.Updating });
        }

        Until(() => panel.Look() is { Page: PageKind.Overview, Signal: LedSignal.Serving });
    }

    private PanelService Start()
    {
        var config = new PanelConfig();
        var panel = new PanelService(_host, config, Hardware(config, present: true), NullLogger.Instance);
        panel.Start();
        return panel;
    }

    private PanelHardware Hardware(PanelConfig config, bool present) => present
        ? new PanelHardware(config, () => [new I2cAdapter(1, "bcm2835 (i2c@7e804000)")], _ => _bus, _leds)
        : new PanelHardware(config, () => [], _ => _bus, _leds + "/none");

    private string Led(string file) => File.ReadAllText(Path.Combine(_leds, "ACT", file));

    private static void Until(Func<bool> holds)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < s_patience, "It did not come about.");
            Thread.Sleep(10);
        }
    }

    /// <summary>The display's model behind a lock, with a plug that can be pulled and a bus that can hang.</summary>
    private sealed class SharedGlass : VirtualI2cBus
    {
        private readonly Lock _gate = new();
        private readonly OledModel _glass = new(DisplayModel.Ssd1306At64);
        private ManualResetEventSlim? _hang;
        private int _failures;

        public int Failures => Volatile.Read(ref _failures);

        public bool IsHanging { get; private set; }

        public bool IsOn
        {
            get
            {
                lock (_gate)
                {
                    return _glass.IsOn;
                }
            }
        }

        /// <summary>The glass shows what the panel says that it shows.</summary>
        public bool IsLit(PanelService panel)
        {
            PanelSnapshot seen = panel.Look();
            lock (_gate)
            {
                return _glass.IsOn && _glass.Glass().Bits.SequenceEqual(seen.Bits);
            }
        }

        public void Plug(bool plugged)
        {
            lock (_gate)
            {
                if (plugged)
                {
                    _glass.PowerOn();
                }

                _glass.IsPlugged = plugged;
            }
        }

        public IDisposable Hang()
        {
            var hang = new ManualResetEventSlim();
            _hang = hang;
            return new Release(this, hang);
        }

        public override void Write(byte address, ReadOnlySpan<byte> data)
        {
            Wait();
            lock (_gate)
            {
                try
                {
                    _glass.Write(address, data);
                }
                catch (IOException)
                {
                    _failures++;
                    throw;
                }
            }
        }

        public override void Read(byte address, Span<byte> data)
        {
            Wait();
            lock (_gate)
            {
                _glass.Read(address, data);
            }
        }

        private void Wait()
        {
            if (_hang is { } hang)
            {
                IsHanging = true;
                hang.Wait();
            }
        }

        private sealed class Release(SharedGlass glass, ManualResetEventSlim hang) : IDisposable
        {
            public void Dispose()
            {
                glass._hang = null;
                hang.Set();
                glass.IsHanging = false;
            }
        }
    }
}
