using Bramble.Panel.Button;
using Bramble.Panel.Drawing;
using Bramble.Panel.Leds;
using Bramble.Panel.Pages;
using Bramble.Panel.State;

namespace Bramble.Panel.Control;

/// <summary>
/// The panel as a whole, without any hardware: state, edges of the button and time come in; picture, LED signal and what a person asked for
/// come out. Not safe for several threads at once.
/// </summary>
public sealed class PanelMachine
{
    private static readonly TimeSpan s_backToFront = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_turnPage = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_notice = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_shift = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_redraw = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_redrawHeld = TimeSpan.FromMilliseconds(200);
    private static readonly (int X, int Y)[] s_places = [(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)];
    private const byte DimContrast = 8;

    private readonly GestureMachine _button;
    private readonly List<PanelAction> _actions = [];
    private readonly HashSet<(string Code, string Who)> _knownFaults = [];
    private PanelOptions _options;
    private PanelState _state = new() { Phase = PanelPhase.Starting };
    private PageKind _page;
    private TimeSpan _now;
    private TimeSpan _pageSince;
    private TimeSpan _lastPress;
    private TimeSpan _awakeSince;
    private TimeSpan _noticeUntil;
    private TimeSpan _signalSince;
    private string _noticeTitle = "";
    private string _noticeText = "";
    private LedSignal _signal = LedSignal.Starting;
    private bool _wokeByPress;
    private bool _wasHeld;

    /// <summary>A panel that shows that Bramble starts.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="now">The time, of the clock that all other times are of.</param>
    public PanelMachine(PanelOptions options, TimeSpan now)
    {
        (_options, _now) = (options, now);
        _button = new GestureMachine(now);
        (_pageSince, _lastPress, _awakeSince, _signalSince) = (now, now, now, now);
    }

    /// <summary>What the status LED tells.</summary>
    public LedSignal Signal => _signal;

    /// <summary>Since when it tells that.</summary>
    public TimeSpan SignalSince => _signalSince;

    /// <summary>How long the button is held, by what letting go would do.</summary>
    public HoldStage Stage => _button.Stage;

    /// <summary>The button's line jumps about as no finger does.</summary>
    public bool IsChattering => _button.IsChattering;

    /// <summary>The display is dark.</summary>
    public bool IsAsleep => WouldSleep && _button.Stage is (HoldStage.None or HoldStage.TooLong);

    /// <summary>Time until <see cref="Tick"/> next has something to do.</summary>
    public TimeSpan UntilChange()
    {
        TimeSpan next = IsAsleep ? s_shift : _button.Stage == HoldStage.None ? s_redraw : s_redrawHeld;
        TimeSpan button = _button.UntilChange();
        return button != Timeout.InfiniteTimeSpan && button < next ? button : next;
    }

    /// <summary>Takes new settings.</summary>
    public void Configure(PanelOptions options) => _options = options;

    /// <summary>Takes a new state: a fault that was not there before wakes the display and comes to the front.</summary>
    public void Update(PanelState state, TimeSpan now)
    {
        Tick(now);
        bool newFault = false;
        foreach (PanelFault fault in state.Faults)
        {
            newFault |= _knownFaults.Add(fault.Key);
        }

        if (_knownFaults.Count > state.Faults.Count)
        {
            _knownFaults.IntersectWith(state.Faults.Select(static f => f.Key));
        }

        bool opened = state.Pairing.Left is not null && _state.Pairing.Left is null;
        bool newPhase = state.Phase != _state.Phase;
        // One that begins or ends, not one that is only further than it was.
        bool imports = Running(state) != Running(_state) || state.Imports.Count > _state.Imports.Count;
        _state = state;
        if (newPhase || newFault || opened || imports)
        {
            Wake();
            // What a shutdown that was refused left to say is still to be read.
            TimeSpan notice = newPhase ? _noticeUntil : TimeSpan.Zero;
            Show(opened ? PageKind.Pairing : newFault ? PageKind.Fault : FrontPage());
            _noticeUntil = notice;
        }

        ChooseSignal();
    }

    /// <summary>The button's line changed.</summary>
    /// <param name="down">Pressed.</param>
    /// <param name="at">When.</param>
    public void Edge(bool down, TimeSpan at)
    {
        Advance(at);
        Handle(_button.Edge(down, at));
        NoticeHold();
        ChooseSignal();
    }

    /// <summary>The button was taken away, or came: what was pressed is forgotten.</summary>
    public void RestartButton(bool down, TimeSpan at)
    {
        Advance(at);
        _button.Restart(at, down);
        NoticeHold();
        ChooseSignal();
    }

    /// <summary>Forgets a press that is on its way.</summary>
    public void CancelButton() => _button.Cancel();

    /// <summary>Time passes.</summary>
    public void Tick(TimeSpan now)
    {
        Advance(now);
        Handle(_button.Tick(now));
        NoticeHold();
        TurnPages();
        ChooseSignal();
    }

    /// <summary>What was asked for since the last call, in order.</summary>
    public IReadOnlyList<PanelAction> TakeActions()
    {
        if (_actions.Count == 0)
        {
            return [];
        }

        PanelAction[] taken = [.. _actions];
        _actions.Clear();
        return taken;
    }

    /// <summary>What the display has to show now.</summary>
    public PanelFrame Draw()
    {
        PageKind page = PageNow();
        IReadOnlyList<PageKind> pages = PageRenderer.PagesOf(_state);
        var context = new PageContext
        {
            Shown = _now - _pageSince,
            Index = Math.Max(0, IndexOf(pages, page)),
            Count = pages.Count,
            Stage = _button.Stage,
            Held = _button.Held,
            NoticeTitle = _noticeTitle,
            NoticeText = _noticeText,
        };
        Canvas drawn = PageRenderer.Draw(page, _state, context, _options.Width, _options.Height);
        (int x, int y) = s_places[(int)(_now.Ticks / s_shift.Ticks % s_places.Length)];
        var picture = new Canvas(_options.Width, _options.Height);
        picture.Blit(drawn, x, y);
        return new PanelFrame(page, picture, !IsAsleep, IsDim ? Math.Min(DimContrast, _options.Brightness) : _options.Brightness);
    }

    /// <summary>Shows a short answer for some seconds.</summary>
    public void Notice(string title, string text)
    {
        Wake();
        (_noticeTitle, _noticeText, _noticeUntil) = (title, text, _now + s_notice);
    }

    private bool MayRest => _state.Pairing.Left is null && Running(_state) == 0 && _state.Phase is (PanelPhase.Serving or PanelPhase.Starting);

    /// <summary>It sleeps, but for a button that is held.</summary>
    private bool WouldSleep => MayRest && _options is { HasButton: true, Sleep: { } sleep } && _now - _awakeSince >= sleep;

    private bool IsDim => MayRest && _now - _awakeSince >= (_options.Sleep ?? TimeSpan.FromMinutes(1)) / 2;

    private void Advance(TimeSpan now)
    {
        if (now > _now)
        {
            _now = now;
        }
    }

    private void NoticeHold()
    {
        bool held = _button.Stage is not (HoldStage.None or HoldStage.TooLong);
        if (held && !_wasHeld)
        {
            _wokeByPress = WouldSleep;
        }

        if (held)
        {
            Wake();
            _lastPress = _now;
        }

        _wasHeld = held;
    }

    private void Handle(Gesture gesture)
    {
        switch (gesture)
        {
            case Gesture.Short when _wokeByPress:
                // The first press only wakes.
                break;
            case Gesture.Short when _noticeUntil > _now:
                _noticeUntil = TimeSpan.Zero;
                break;
            case Gesture.Short:
                NextPage();
                break;
            case Gesture.Long when _state.Pairing.AlwaysOpen:
                Notice("No pairing", "Every Pi that asks is let in anyway.");
                break;
            case Gesture.Long when _state.Pairing.ListOnly:
                Notice("No pairing", "Only listed boards are let in.");
                break;
            case Gesture.Long:
                _actions.Add(_state.Pairing.Left is null ? PanelAction.OpenPairing : PanelAction.ClosePairing);
                Show(PageKind.Pairing);
                break;
            case Gesture.Shutdown:
                _actions.Add(PanelAction.PowerOff);
                break;
            case Gesture.ResetAborted when _state.CanReset != false:
                Notice("Stopped", "Nothing was changed.");
                break;
            case Gesture.FactoryReset when _state.CanReset == true:
                _actions.Add(PanelAction.FactoryReset);
                break;
            default:
                break;
        }
    }

    private void Wake() => _awakeSince = _now;

    private void Show(PageKind page)
    {
        (_page, _pageSince, _noticeUntil) = (page, _now, TimeSpan.Zero);
    }

    private void NextPage()
    {
        IReadOnlyList<PageKind> pages = PageRenderer.PagesOf(_state);
        Show(pages[(IndexOf(pages, _page) + 1) % pages.Count]);
    }

    private void TurnPages()
    {
        if (!_options.HasButton)
        {
            if (_now - _pageSince >= s_turnPage && _state.Pairing.Left is null)
            {
                NextPage();
            }
        }
        else if (_now - _lastPress >= s_backToFront && _now - _pageSince >= s_backToFront && _page != FrontPage())
        {
            Show(FrontPage());
        }
        else if (IndexOf(PageRenderer.PagesOf(_state), _page) < 0)
        {
            // What the page was about is over.
            Show(FrontPage());
        }
    }

    private PageKind FrontPage() =>
        _state.Pairing.Left is not null ? PageKind.Pairing
        : _state.Faults.Count > 0 ? PageKind.Fault
        : _state.Boots.Count > 0 ? PageKind.Boots
        : _state.Imports.Count > 0 ? PageKind.Import
        : PageKind.Overview;

    private PageKind PageNow() => _state.Phase switch
    {
        PanelPhase.ShuttingDown => PageKind.ShuttingDown,
        PanelPhase.Resetting => PageKind.Resetting,
        _ when _button.Stage >= HoldStage.Pairing => PageKind.Hold,
        PanelPhase.Updating => PageKind.Updating,
        PanelPhase.Starting => PageKind.Starting,
        _ when _noticeUntil > _now => PageKind.Notice,
        _ => _page,
    };

    private void ChooseSignal()
    {
        LedSignal signal = SignalNow();
        if (signal != _signal)
        {
            (_signal, _signalSince) = (signal, _now);
        }
    }

    private LedSignal SignalNow() => _button.Stage switch
    {
        _ when _state.Phase is PanelPhase.ShuttingDown => LedSignal.ShuttingDown,
        _ when _state.Phase is PanelPhase.Resetting => LedSignal.Updating,
        HoldStage.Short => LedSignal.HoldShort,
        HoldStage.Pairing => LedSignal.HoldPairing,
        HoldStage.Shutdown => LedSignal.HoldShutdown,
        HoldStage.Countdown or HoldStage.Reset when _state.CanReset == false => LedSignal.HoldTooLong,
        HoldStage.Countdown => LedSignal.HoldCountdown,
        HoldStage.Reset => LedSignal.HoldReset,
        HoldStage.TooLong => LedSignal.HoldTooLong,
        _ => StateSignal(),
    };

    private LedSignal StateSignal() =>
        _state.Phase == PanelPhase.Updating ? LedSignal.Updating
        : _state.Phase == PanelPhase.Starting ? LedSignal.Starting
        : _state.Pairing.Left is not null ? LedSignal.Pairing
        : !_state.Network.HasLink || _state.Faults.Any(static f => !f.IsAttention) ? LedSignal.Fault
        : _state.Faults.Count > 0 || _state.Storage is { IsNearlyFull: true } ? LedSignal.Attention
        : _state.BootingCount > 0 ? LedSignal.Booting
        : LedSignal.Serving;

    private static int Running(PanelState state)
    {
        int running = 0;
        foreach (PanelImport import in state.Imports)
        {
            running += import.HasEnded ? 0 : 1;
        }

        return running;
    }

    private static int IndexOf(IReadOnlyList<PageKind> pages, PageKind page)
    {
        for (int i = 0; i < pages.Count; i++)
        {
            if (pages[i] == page)
            {
                return i;
            }
        }

        return -1;
    }
}
