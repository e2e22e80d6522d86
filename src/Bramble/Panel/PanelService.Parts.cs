using Bramble.Configuration;
using Bramble.Linux.Input;
using Bramble.Panel.Control;
using Microsoft.Extensions.Logging;

namespace Bramble.Panel;

/// <content>Which parts there are.</content>
internal sealed partial class PanelService
{
    private void FindParts()
    {
        PanelConfig? config;
        lock (_gate)
        {
            (config, _newConfig) = (_newConfig, null);
        }

        if (config is not null)
        {
            _hardware.Configure(config);
        }
        else if (_partsTold.Length > 0 && (_findAt == TimeSpan.MaxValue || Now < _findAt))
        {
            return;
        }

        IButtonLine? before = _hardware.Button;
        _hardware.Find();
        // A display can be plugged in without anybody telling.
        _findAt = _hardware.Display is null && _hardware.CanLookForDisplay ? Now + s_lookForDisplay : TimeSpan.MaxValue;
        lock (_gate)
        {
            _machine.Configure(Options());
            if (_hardware.Button != before)
            {
                _lineDown = _hardware.Button?.IsDown() ?? false;
                _machine.RestartButton(_lineDown, Now);
            }
        }

        TellParts();
    }

    private PanelOptions Options() => new()
    {
        // Where nothing could wake the display it does not sleep; where there is none, those who look from afar always see a page.
        HasButton = _hardware.Button is not null || _hardware.Display is null,
        Sleep = _hardware.Display is null ? null : _config.Sleep,
        Brightness = _config.Brightness,
        Width = _hardware.Display?.Width ?? 128,
        Height = _hardware.Display?.Height ?? 64,
    };

    private void TellParts()
    {
        string parts = !_hardware.IsAny ? "none" : string.Join(", ",
            "display " + (_hardware.Display is null ? "none" : _hardware.DisplayPlace),
            "status LED " + (_hardware.StatusLed?.Name ?? "none"),
            "activity LED " + (_hardware.ActivityLed?.Name ?? "none"),
            "button " + (_hardware.Button is null ? "none" : _hardware.ButtonName));
        string told = parts + string.Concat(_hardware.Troubles);
        if (told == _partsTold)
        {
            return;
        }

        _partsTold = told;
        LogParts(parts);
        foreach (string trouble in _hardware.Troubles)
        {
            LogTrouble(trouble);
        }
    }

    [LoggerMessage(EventId = 5301, Level = LogLevel.Information, Message = "Front panel: {Parts}.")]
    private partial void LogParts(string parts);

    [LoggerMessage(EventId = 5302, Level = LogLevel.Warning, Message = "[panel] {Trouble}")]
    private partial void LogTrouble(string trouble);
}
