using System.Diagnostics;
using Bramble.Configuration;
using Bramble.Linux.Devices;
using Bramble.Linux.Input;
using Bramble.Panel.Button;
using Bramble.Panel.Control;
using Bramble.Panel.Leds;
using Bramble.Panel.State;
using Microsoft.Extensions.Logging;

namespace Bramble.Panel;

/// <summary>
/// Runs the front panel on a thread of its own, so that neither a slow bus nor a stuck display can hold up a packet. Where there is no panel the
/// thread sleeps until the kernel tells of a new device.
/// </summary>
internal sealed partial class PanelService : IDisposable
{
    private static readonly string[] s_subsystems = ["gpio", "i2c-dev", "i2c", "leds", "input"];
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_lookForDisplay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_stateEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stateAsleepEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_flicker = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(5);
    private static readonly LedPattern s_activity = new(80, 80);
    private static readonly LedPattern s_dark = new();

    private readonly IPanelHost _host;
    private readonly ILogger _logger;
    private readonly DevicePoll _poll = new();
    private readonly PanelHardware _hardware;
    private readonly PanelMachine _machine;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private PanelConfig _config;
    private PanelConfig? _newConfig;
    private PanelPhase? _phase;
    private volatile bool _updating;
    private bool? _canReset;
    private bool _askedReset;
    private bool _remoteDown;
    private bool _lineDown;
    private volatile bool _stateIsOld = true;
    private TimeSpan _nextState;
    private TimeSpan _findAt;
    private TimeSpan _settled;
    private TimeSpan _flickerUntil;
    private long _bytesSent;
    private string _partsTold = "";

    /// <summary>Ready to start.</summary>
    public PanelService(IPanelHost host, PanelConfig config, ILogger logger)
        : this(host, config, new PanelHardware(config), logger)
    {
    }

    /// <summary>With other hardware, for the tests.</summary>
    internal PanelService(IPanelHost host, PanelConfig config, PanelHardware hardware, ILogger logger)
    {
        (_host, _config, _hardware, _logger) = (host, config, hardware, logger);
        _machine = new PanelMachine(Options(), Now);
        _thread = new Thread(Run) { IsBackground = true, Name = "bramble-panel", Priority = ThreadPriority.BelowNormal };
    }

    // CLOCK_MONOTONIC, the clock of the kernel's edges.
    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Looks for the parts and runs those that are there.</summary>
    public void Start() => _thread.Start();

    /// <summary>Takes new settings.</summary>
    public void Configure(PanelConfig config)
    {
        lock (_gate)
        {
            if (config != _config)
            {
                (_config, _newConfig) = (config, config);
            }
        }

        _poll.Wake();
    }

    /// <summary>Something changed in the fleet: the state is to be asked for again. Returns at once.</summary>
    public void Changed()
    {
        // Without a panel nobody needs the news.
        if (_hardware.IsAny && !_stateIsOld)
        {
            _stateIsOld = true;
            _poll.Wake();
        }
    }

    /// <summary>What is shown now.</summary>
    public PanelSnapshot Look()
    {
        RefreshState();
        PanelFrame frame;
        PanelSnapshot snapshot;
        IReadOnlyList<PanelAction> actions;
        lock (_gate)
        {
            _machine.Tick(Now);
            actions = _machine.TakeActions();
            frame = _machine.Draw();
            snapshot = new PanelSnapshot(frame.Picture.Width, frame.Picture.Height, frame.Picture.Bits.ToArray(), frame.IsOn, frame.Page, _machine.Signal);
        }

        Do(actions);
        return snapshot;
    }

    /// <summary>Somebody presses the button from afar, or lets it go.</summary>
    public void RemoteButton(bool down)
    {
        lock (_gate)
        {
            _remoteDown = down;
            _machine.Edge(_remoteDown || _lineDown, Now);
        }

        _poll.Wake();
    }

    /// <summary>Somebody who pressed from afar is gone: nothing comes of it.</summary>
    public void RemoteCancel()
    {
        lock (_gate)
        {
            if (_remoteDown)
            {
                _remoteDown = false;
                _machine.CancelButton();
                _machine.Edge(_lineDown, Now);
            }
        }

        _poll.Wake();
    }

    /// <summary>Another version of the system is being written, or no longer.</summary>
    public void SetUpdating(bool updating)
    {
        (_updating, _stateIsOld) = (updating, true);
        _poll.Wake();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _poll.Wake();
        // A display on a stuck bus holds the thread for a second at most each; the process must not wait for more.
        if (!_thread.IsAlive || _thread.Join(TimeSpan.FromSeconds(3)))
        {
            _hardware.LetGo(shuttingDown: _phase is PanelPhase.ShuttingDown);
            _poll.Dispose();
        }
        else
        {
            // The GPIO library reads edges on a foreground thread, which would keep the process alive.
            lock (_gate)
            {
                _hardware.LoseButton();
            }
        }

        _stop.Dispose();
    }

    private void Run()
    {
        using UeventSocket? news = OpenNews();
        bool failed = false;
        while (!_stop.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = Turn();
                failed = false;
            }
            catch (Exception e)
            {
                // The panel is a guest here: whatever happens to it, the server goes on.
                if (!failed)
                {
                    LogFailed(e);
                }

                (failed, wait) = (true, s_afterFailure);
            }

            _poll.Wait([news, failed ? null : _hardware.Button], wait);
            DeviceNews what = news?.Drain(s_subsystems) ?? DeviceNews.None;
            if (what != DeviceNews.None)
            {
                // Where udev runs, it tells soon that the device has its rights.
                _settled = Now + s_settle;
                _findAt = what == DeviceNews.Settled ? Now : _settled;
            }
        }
    }

    /// <summary>One round: parts, button, state, LEDs, display.</summary>
    /// <returns>How long nothing is to be done, unless something comes in.</returns>
    private TimeSpan Turn()
    {
        FindParts();
        ReadButton();
        if (_hardware.IsAny)
        {
            RefreshState();
        }

        IReadOnlyList<PanelAction> actions;
        PanelFrame? frame;
        (LedPattern Pattern, TimeSpan Since) status;
        TimeSpan now = Now, next;
        lock (_gate)
        {
            _machine.Tick(now);
            actions = _machine.TakeActions();
            AskForReset();
            frame = _hardware.Display is null ? null : _machine.Draw();
            status = (LedPatterns.Of(_machine.Signal), _machine.SignalSince);
            next = _machine.UntilChange();
        }

        Do(actions);
        TimeSpan led = Light(_hardware.StatusLed, status.Pattern, now - status.Since);
        TimeSpan activity = Light(_hardware.ActivityLed, now < _flickerUntil ? s_activity : s_dark, now);
        if (frame is not null)
        {
            Show(frame, now);
        }

        if (!_hardware.IsAny)
        {
            // Nothing to do but for a press from afar, and a device that has been told of.
            TimeSpan until = _machine.Stage == HoldStage.None && !_remoteDown ? Timeout.InfiniteTimeSpan : next;
            return Sooner(until, UntilFind(now));
        }

        return Sooner(Sooner(Sooner(led, activity), Sooner(next, _nextState - now)), UntilFind(now));
    }

    private void ReadButton()
    {
        if (_hardware.Button is not { } button)
        {
            return;
        }

        try
        {
            lock (_gate)
            {
                button.ReadEdges((down, at) =>
                {
                    _lineDown = down;
                    _machine.Edge(_lineDown || _remoteDown, at);
                });
                // Edges can be lost when there are too many at once; the level cannot.
                if (button.IsDown() is var down && down != _lineDown)
                {
                    _lineDown = down;
                    _machine.Edge(_lineDown || _remoteDown, Now);
                }
            }
        }
        catch (IOException)
        {
            lock (_gate)
            {
                _hardware.LoseButton();
                _lineDown = false;
                _machine.RestartButton(_remoteDown, Now);
                _machine.Configure(Options());
            }

            TellParts();
        }
    }

    private void RefreshState()
    {
        TimeSpan now = Now;
        if (!_stateIsOld && now < _nextState)
        {
            return;
        }

        _stateIsOld = false;
        PanelState state = _host.GetState();
        // A large fleet takes its time: the panel takes half a percent of one processor at most.
        TimeSpan cost = (Now - now) * 200;
        lock (_gate)
        {
            TimeSpan pause = _machine.IsAsleep ? s_stateAsleepEvery : s_stateEvery;
            _nextState = now + (cost > pause ? cost : pause);
            _flickerUntil = state.BytesSent > _bytesSent ? now + s_flicker : _flickerUntil;
            _bytesSent = state.BytesSent;
            _machine.Update(state with { Phase = _phase ?? (_updating ? PanelPhase.Updating : state.Phase), CanReset = _canReset }, Now);
        }
    }

    private TimeSpan Light(IPanelLed? led, LedPattern pattern, TimeSpan elapsed)
    {
        if (led is null)
        {
            return Timeout.InfiniteTimeSpan;
        }

        try
        {
            led.Set(pattern.IsLit(elapsed));
            return pattern.UntilChange(elapsed);
        }
        catch (IOException)
        {
            _hardware.LoseLed(led);
            TellParts();
            return Timeout.InfiniteTimeSpan;
        }
    }

    private void Show(PanelFrame frame, TimeSpan now)
    {
        try
        {
            _hardware.Display!.Show(frame, now);
        }
        catch (IOException)
        {
            _hardware.LoseDisplay();
            _findAt = now + s_lookForDisplay;
            TellParts();
        }
    }

    private TimeSpan UntilFind(TimeSpan now) =>
        _findAt == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : _findAt > now ? _findAt - now : TimeSpan.Zero;

    private static TimeSpan Sooner(TimeSpan a, TimeSpan b) =>
        a == Timeout.InfiniteTimeSpan ? b : b == Timeout.InfiniteTimeSpan ? a : a < b ? Positive(a) : Positive(b);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private UeventSocket? OpenNews()
    {
        try
        {
            return UeventSocket.Open();
        }
        catch (IOException e)
        {
            LogNoNews(e.Message);
            return null;
        }
    }

    [LoggerMessage(EventId = 5303, Level = LogLevel.Warning, Message = "The front panel failed; the server goes on, and the panel tries again")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(EventId = 5304, Level = LogLevel.Information, Message = "Front panel parts that are plugged in later are not noticed: {Reason}")]
    private partial void LogNoNews(string reason);
}
