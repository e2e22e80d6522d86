using Bramble.Panel.Button;
using Bramble.Panel.Control;
using Bramble.Panel.Display;
using Bramble.Panel.Leds;
using Bramble.Panel.Pages;
using Bramble.Panel.State;
using Bramble.Panel.Tests.Support;
using Bramble.VirtualPanel;

namespace Bramble.Panel.Tests.Control;

/// <summary>Alone: what a day leaves behind is seen in the memory of the whole process.</summary>
[CollectionDefinition(nameof(PanelMachineTests), DisableParallelization = true)]
[Collection(nameof(PanelMachineTests))]
public sealed class PanelMachineTests
{
    private readonly PanelMachine _panel = new(new PanelOptions(), TimeSpan.Zero);
    private TimeSpan _now;

    [Fact]
    public void It_starts_with_a_word_and_then_shows_the_overview()
    {
        Assert.Equal((PageKind.Starting, LedSignal.Starting), (_panel.Draw().Page, _panel.Signal));
        _panel.Update(States.Calm, At(1));
        Assert.Equal((PageKind.Overview, LedSignal.Serving), (_panel.Draw().Page, _panel.Signal));
    }

    [Fact]
    public void Short_presses_go_through_all_pages_and_round_again()
    {
        _panel.Update(States.Troubled, At(1));
        var pages = new List<PageKind>();
        for (int i = 0; i < 9; i++)
        {
            pages.Add(_panel.Draw().Page);
            Press(0.2);
        }

        Assert.Equal(
            [PageKind.Fault, PageKind.Pairing, PageKind.Storage, PageKind.Network, PageKind.SshKey, PageKind.About, PageKind.Overview, PageKind.Boots, PageKind.Fault],
            pages);
    }

    [Fact]
    public void A_new_fault_wakes_the_display_and_comes_to_the_front()
    {
        _panel.Update(States.Calm, At(1));
        Run(120);
        Assert.False(_panel.Draw().IsOn);
        _panel.Update(States.Troubled, _now);
        PanelFrame frame = _panel.Draw();
        Assert.Equal((PageKind.Fault, true), (frame.Page, frame.IsOn));
        Assert.Equal(LedSignal.Fault, _panel.Signal);
        Run(120);
        Assert.False(_panel.Draw().IsOn);
        // The same faults again are no news.
        _panel.Update(States.Troubled, _now);
        Assert.False(_panel.Draw().IsOn);
        // Gone and back again is.
        _panel.Update(States.Calm, _now);
        _panel.Update(States.Troubled, _now);
        Assert.True(_panel.Draw().IsOn);
    }

    [Fact]
    public void It_dims_sleeps_and_wakes_without_turning_the_page()
    {
        _panel.Update(States.Calm, At(1));
        Assert.Equal(207, _panel.Draw().Contrast);
        Run(40);
        Assert.True(_panel.Draw() is { IsOn: true, Contrast: 8 });
        Run(30);
        Assert.False(_panel.Draw().IsOn);
        PageKind page = _panel.Draw().Page;
        Press(0.2);
        PanelFrame frame = _panel.Draw();
        Assert.Equal((page, true, (byte)207), (frame.Page, frame.IsOn, frame.Contrast));
        Press(0.2);
        Assert.NotEqual(page, _panel.Draw().Page);
    }

    [Fact]
    public void Without_a_button_pages_turn_by_themselves_and_it_never_sleeps()
    {
        _panel.Configure(new PanelOptions { HasButton = false });
        _panel.Update(States.Calm, At(1));
        var seen = new HashSet<PageKind>();
        for (int i = 0; i < 300; i++)
        {
            Run(1);
            PanelFrame frame = _panel.Draw();
            Assert.True(frame.IsOn);
            seen.Add(frame.Page);
        }

        Assert.Equal(6, seen.Count);
    }

    /// <summary>Whoever put a stick in and went away comes back to see how it went.</summary>
    [Fact]
    public void An_import_wakes_the_display_stays_in_front_while_it_runs_and_says_how_it_ended()
    {
        _panel.Update(States.Calm, At(1));
        Run(120);
        Assert.True(_panel.IsAsleep);
        _panel.Update(States.Importing, _now);
        Assert.Equal((PageKind.Import, true), (_panel.Draw().Page, _panel.Draw().IsOn));
        Press(0.2);
        Assert.Equal(PageKind.Storage, _panel.Draw().Page);
        // Further than it was is no news: whoever looks at another page is left in peace, until nobody looks.
        _panel.Update(States.Importing with { Imports = [States.Importing.Imports[0] with { Progress = 0.43 }] }, _now);
        Assert.Equal(PageKind.Storage, _panel.Draw().Page);
        Run(300);
        Assert.Equal((PageKind.Import, true), (_panel.Draw().Page, _panel.Draw().IsOn));
        _panel.Update(States.NotImported, _now);
        Assert.Equal((PageKind.Import, true), (_panel.Draw().Page, _panel.Draw().IsOn));
        Run(120);
        Assert.True(_panel.IsAsleep);
        _panel.Update(States.Calm, _now);
        Run(1);
        Assert.True(_panel.IsAsleep);
        Press(0.2);
        Assert.Equal(PageKind.Overview, _panel.Draw().Page);
    }

    [Fact]
    public void What_matters_more_than_an_import_stays_in_front()
    {
        _panel.Update(States.Troubled, At(1));
        _panel.Update(States.Troubled with { Imports = States.Importing.Imports }, At(2));
        Assert.Equal(PageKind.Fault, _panel.Draw().Page);
        _panel.Update(States.Pairing with { Imports = States.Importing.Imports }, At(3));
        Assert.Equal(PageKind.Pairing, _panel.Draw().Page);
        // One that ends while another begins is seen all the same.
        _panel.Update(States.Calm with { Imports = States.Imported.Imports }, At(4));
        _panel.Update(States.Calm with { Imports = [.. States.Imported.Imports, .. States.Importing.Imports] }, At(5));
        Assert.Equal(PageKind.Import, _panel.Draw().Page);
    }

    [Fact]
    public void The_picture_wanders_and_always_shows_all_of_the_page()
    {
        _panel.Configure(new PanelOptions { Sleep = null });
        _panel.Update(States.Calm, At(1));
        var places = new HashSet<string>();
        for (int i = 0; i < 10; i++)
        {
            Run(60);
            Bramble.Panel.Drawing.Canvas picture = _panel.Draw().Picture;
            int left = Enumerable.Range(0, 128).First(x => Enumerable.Range(0, 64).Any(y => picture[x, y]));
            int top = Enumerable.Range(0, 64).First(y => Enumerable.Range(0, 128).Any(x => picture[x, y]));
            places.Add($"{left},{top}");
        }

        Assert.Equal(6, places.Count);
    }

    [Fact]
    public void A_long_press_opens_pairing_and_another_closes_it()
    {
        _panel.Update(States.Calm, At(1));
        Press(2);
        Assert.Equal([PanelAction.OpenPairing], _panel.TakeActions());
        Assert.Empty(_panel.TakeActions());
        _panel.Update(States.Pairing, _now);
        Assert.Equal((PageKind.Pairing, LedSignal.Pairing), (_panel.Draw().Page, _panel.Signal));
        Run(100);
        Assert.Equal((PageKind.Pairing, true), (_panel.Draw().Page, _panel.Draw().IsOn));
        Press(2);
        Assert.Equal([PanelAction.ClosePairing], _panel.TakeActions());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_pairing_cannot_be_opened_a_long_press_says_so(bool open)
    {
        _panel.Update(open ? States.OpenDoor : States.ByList, At(1));
        Press(2);
        Assert.Empty(_panel.TakeActions());
        Assert.Equal(PageKind.Notice, _panel.Draw().Page);
        Run(6);
        Assert.NotEqual(PageKind.Notice, _panel.Draw().Page);
    }

    [Fact]
    public void Holding_shows_what_letting_go_does_and_the_led_speeds_up()
    {
        _panel.Update(States.Calm, At(1));
        _panel.Edge(true, _now);
        var signals = new List<LedSignal>();
        var pages = new List<PageKind>();
        for (int i = 0; i < 400; i++)
        {
            Run(0.1);
            if (signals.Count == 0 || signals[^1] != _panel.Signal)
            {
                signals.Add(_panel.Signal);
                pages.Add(_panel.Draw().Page);
            }
        }

        Assert.Equal(
            [LedSignal.HoldShort, LedSignal.HoldPairing, LedSignal.HoldShutdown, LedSignal.HoldCountdown, LedSignal.HoldReset, LedSignal.HoldTooLong],
            signals);
        Assert.Equal([PageKind.Overview, PageKind.Hold, PageKind.Hold, PageKind.Hold, PageKind.Hold, PageKind.Hold], pages);
        _panel.Edge(false, _now);
        Run(1);
        Assert.Empty(_panel.TakeActions());
    }

    [Theory]
    [InlineData(6, true, PanelAction.PowerOff)]
    [InlineData(14, true, null)]
    [InlineData(24, true, PanelAction.FactoryReset)]
    [InlineData(24, false, null)]
    [InlineData(24, null, null)]
    [InlineData(50, true, null)]
    public void Holding_long_does_what_the_page_said(double seconds, bool? canReset, PanelAction? action)
    {
        _panel.Update(States.Calm with { CanReset = canReset }, At(1));
        Press(seconds);
        Assert.Equal(action is { } one ? [one] : [], _panel.TakeActions());
    }

    [Fact]
    public void Where_no_reset_is_possible_the_page_says_so_before_anything_happens()
    {
        _panel.Update(States.Calm with { CanReset = false }, At(1));
        _panel.Edge(true, _now);
        Run(13);
        Assert.Equal(LedSignal.HoldTooLong, _panel.Signal);
        Golden.Check("hold-no-reset-64", _panel.Draw().Picture);
    }

    [Fact]
    public void A_press_in_the_dark_that_becomes_long_still_counts()
    {
        _panel.Update(States.Calm, At(1));
        Run(100);
        Assert.True(_panel.IsAsleep);
        Press(2);
        Assert.Equal([PanelAction.OpenPairing], _panel.TakeActions());
    }

    [Fact]
    public void A_stuck_button_lets_the_display_sleep()
    {
        _panel.Update(States.Calm, At(1));
        _panel.Edge(true, _now);
        Run(200);
        Assert.True(_panel.IsAsleep);
        Assert.Equal(LedSignal.HoldTooLong, _panel.Signal);
    }

    [Fact]
    public void Shutting_down_is_shown_whatever_else_there_is()
    {
        _panel.Update(States.Troubled, At(1));
        _panel.Update(States.Troubled with { Phase = PanelPhase.ShuttingDown }, At(2));
        Run(300);
        Assert.Equal((PageKind.ShuttingDown, true, LedSignal.ShuttingDown), (_panel.Draw().Page, _panel.Draw().IsOn, _panel.Signal));
    }

    [Fact]
    public void Why_a_shutdown_was_refused_is_shown_when_the_page_of_the_shutdown_goes()
    {
        _panel.Update(States.Calm with { Phase = PanelPhase.ShuttingDown }, At(1));
        _panel.Notice("Failed", "Interactive authentication required.");
        _panel.Update(States.Calm, At(2));
        Assert.Equal((PageKind.Notice, LedSignal.Serving), (_panel.Draw().Page, _panel.Signal));
    }

    [Theory]
    [InlineData(nameof(States.Calm), LedSignal.Serving)]
    [InlineData(nameof(States.Busy), LedSignal.Booting)]
    [InlineData(nameof(States.Waiting), LedSignal.Attention)]
    [InlineData(nameof(States.FullDisk), LedSignal.Attention)]
    [InlineData(nameof(States.Troubled), LedSignal.Fault)]
    [InlineData(nameof(States.NoCable), LedSignal.Fault)]
    [InlineData(nameof(States.Pairing), LedSignal.Pairing)]
    public void The_led_tells_the_most_important_thing(string state, LedSignal signal)
    {
        _panel.Update((PanelState)typeof(States).GetProperty(state)!.GetValue(null)!, At(1));
        Assert.Equal(signal, _panel.Signal);
    }

    /// <summary>A day and a night: states that change every second, presses, naps, a display that is pulled out now and then.</summary>
    [Fact]
    public void Twenty_four_hours_leave_nothing_behind()
    {
        var random = new Random(2712);
        using var glass = new OledModel(DisplayModel.Ssd1306At64);
        var display = new OledDisplay(glass.CreateDevice(0x3C), DisplayModel.Ssd1306At64);
        PanelState[] states = [States.Calm, States.Busy, States.Troubled, States.Waiting, States.Pairing, States.Paired, States.NoCable, States.FullDisk];
        PanelState state = States.Calm;
        long early = 0;
        int lost = 0, drawn = 0;
        for (int second = 1; second <= 86400; second++)
        {
            if (second % 60 == 0)
            {
                state = states[random.Next(states.Length)];
            }

            // Faults with names that were never there before: what is remembered of them must go with them.
            _panel.Update(state with
            {
                Uptime = TimeSpan.FromSeconds(second),
                Faults = [.. state.Faults, .. second % 600 < 60 ? new PanelFault[] { new("BR103", $"pi-{second / 600}", "No TFTP request", "See docs") } : []],
            }, At(second));
            if (random.Next(300) == 0)
            {
                _panel.Edge(true, _now);
                Run(random.NextDouble() * 0.9);
                _panel.Edge(false, _now);
            }

            if (random.Next(5000) == 0)
            {
                glass.PowerOn();
                glass.IsPlugged = random.Next(2) == 0;
            }

            if (!_panel.IsAsleep || second % 10 == 0)
            {
                try
                {
                    display.Show(_panel.Draw(), _now);
                    drawn++;
                }
                catch (IOException)
                {
                    lost++;
                    glass.IsPlugged |= random.Next(5) == 0;
                }
            }

            Assert.DoesNotContain(_panel.TakeActions(), a => a is PanelAction.PowerOff or PanelAction.FactoryReset);
            if (second == 3600)
            {
                early = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        long late = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(late < early + 64_000, $"{early} bytes after an hour, {late} after a day");
        Assert.True(drawn > 20_000 && lost > 0, $"{drawn} pictures, {lost} lost");
        glass.IsPlugged = true;
        Press(0.2);
        display.Show(_panel.Draw(), _now + TimeSpan.FromSeconds(3));
        Assert.True(_panel.Draw().Picture.Bits.SequenceEqual(glass.Glass().Bits));
    }

    private TimeSpan At(double second) => _now = TimeSpan.FromSeconds(Math.Max(second, _now.TotalSeconds));

    private void Run(double seconds)
    {
        TimeSpan end = _now + TimeSpan.FromSeconds(seconds);
        while (_now < end)
        {
            TimeSpan step = _panel.UntilChange();
            _now = _now + step < end ? _now + step : end;
            _panel.Tick(_now);
        }
    }

    private void Press(double seconds)
    {
        _panel.Edge(true, _now);
        Run(seconds);
        _panel.Edge(false, _now);
        Run(0.1);
    }
}
