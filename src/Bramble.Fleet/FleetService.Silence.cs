using Bramble.Fleet.Clients;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>Clients that were up and are no longer heard of: switched off, hung, or cut off from the network.</content>
public sealed partial class FleetService
{
    // A client that is up tells so every ten seconds. Roots of older versions told it once: only one that was heard at that pace is missed.
    private static readonly TimeSpan s_beatAtLeast = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_beatAtMost = TimeSpan.FromMinutes(1);
    private const int BeatsForSure = 2;

    // Where no answer comes, clients ask ever less often, every 320 s in the end: so long after this server began, nobody is missed.
    private static readonly TimeSpan s_afterStart = TimeSpan.FromMinutes(6);

    private readonly long _begun;

    /// <summary>Takes note that a client's system told that it is up.</summary>
    private void NoteHeard(ClientState state, string bootId)
    {
        TimeSpan gap = state.Heard is { } heard && state.HeardBoot == bootId ? _time.GetElapsedTime(heard) : TimeSpan.Zero;
        state.Beats = gap >= s_beatAtLeast && gap <= s_beatAtMost ? state.Beats + 1 : 0;
        (state.Heard, state.HeardBoot) = (_time.GetTimestamp(), bootId);
    }

    /// <summary>How long nothing was heard of a client's system; null if it is not one that goes on telling.</summary>
    private TimeSpan? SilenceOf(ClientState state, Boot? boot) =>
        boot is { Stage: BootStage.Up, KeepsTelling: true } ? _time.GetElapsedTime(state.Heard ?? _begun) : null;

    private bool IsSilent(ClientState state, Boot? boot) =>
        SilenceOf(state, boot) is { } silence && silence > (state.Heard is null ? s_afterStart : _options.Bounds.Unheard);

    private void ReportSilence()
    {
        DateTimeOffset now = Now;
        foreach (Board board in _registry.Boards)
        {
            if (_registry.ClientOf(board) is not { } client || StateOf(board).Boots.Current is not { } boot)
            {
                continue;
            }

            ClientState state = StateOf(client.Name);
            bool isSilent = IsSilent(state, boot);
            if (isSilent == state.ToldSilent)
            {
                continue;
            }

            state.ToldSilent = isSilent;
            if (isSilent || boot.Stage == BootStage.Up)
            {
                Publish(new BootEvent(
                    now, isSilent ? BootEventKind.Silent : BootEventKind.Heard, board.Ref.ToString(), client.Name, boot.Number, boot.Stage, (now - boot.Started).TotalSeconds, null,
                    isSilent ? $"{client.Name}: was up, and is no longer heard of: it was switched off, hangs, or is cut off" : $"{client.Name}: it is heard of again"));
            }
        }
    }

    [LoggerMessage(4047, LogLevel.Warning, "{Client} was up, and nothing was heard of it lately: it was switched off, hangs, or is cut off from the network")]
    private partial void LogSilent(string client);

    [LoggerMessage(4048, LogLevel.Information, "{Client} is heard of again")]
    private partial void LogHeard(string client);
}
