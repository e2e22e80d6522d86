using Bramble.Panel.Button;
using Bramble.Panel.Control;
using Bramble.Panel.State;
using Microsoft.Extensions.Logging;

namespace Bramble.Panel;

/// <content>What a person asked for at the button.</content>
internal sealed partial class PanelService
{
    private void Do(IReadOnlyList<PanelAction> actions)
    {
        foreach (PanelAction action in actions)
        {
            LogAction(action);
            switch (action)
            {
                case PanelAction.OpenPairing:
                    _host.OpenPairing();
                    _stateIsOld = true;
                    break;
                case PanelAction.ClosePairing:
                    _host.ClosePairing();
                    _stateIsOld = true;
                    break;
                case PanelAction.PowerOff:
                    _ = EndAsync(PanelPhase.ShuttingDown, _host.PowerOffAsync);
                    break;
                default:
                    _ = EndAsync(PanelPhase.Resetting, _host.FactoryResetAsync);
                    break;
            }
        }

        if (actions.Count > 0)
        {
            _poll.Wake();
        }
    }

    /// <summary>Shows that the end is near, and brings it about; where that fails, says so and goes on.</summary>
    private async Task EndAsync(PanelPhase phase, Func<CancellationToken, Task> end)
    {
        (_phase, _stateIsOld) = (phase, true);
        try
        {
            await end(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            LogRefused(phase, e.Message);
            lock (_gate)
            {
                _phase = null;
                _machine.Notice("Failed", e.Message);
            }

            _stateIsOld = true;
            _poll.Wake();
        }
    }

    /// <summary>Once the button is held for a second there is time to ask whether a reset is possible, before the page must know.</summary>
    private void AskForReset()
    {
        if (_machine.Stage < HoldStage.Pairing)
        {
            _askedReset = false;
        }
        else if (!_askedReset)
        {
            _askedReset = true;
            _ = AskAsync();
        }

        async Task AskAsync()
        {
            bool can;
            try
            {
                can = await _host.CanFactoryResetAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                can = false;
            }

            (_canReset, _stateIsOld) = (can, true);
            if (!_stop.IsCancellationRequested)
            {
                _poll.Wake();
            }
        }
    }

    [LoggerMessage(EventId = 5311, Level = LogLevel.Information, Message = "Front panel: {Action}")]
    private partial void LogAction(PanelAction action);

    [LoggerMessage(EventId = 5312, Level = LogLevel.Error, Message = "{Phase} was asked for at the front panel, and refused: {Reason}")]
    private partial void LogRefused(PanelPhase phase, string reason);
}
