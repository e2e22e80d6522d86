using Bramble.Fleet.Service;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>Restarts of clients that run. A client that is up goes on sending its beacon; the answer to it may ask for a restart.</content>
public sealed partial class FleetService
{
    // Three beacons of a client that is up, and a little.
    private static readonly TimeSpan s_withinReach = TimeSpan.FromSeconds(35);

    /// <summary>Has a client that runs restart: the answer to its next beacon, within seconds, asks for it.</summary>
    /// <returns>False if its system has not been heard of lately: then nobody is there that could be asked.</returns>
    /// <exception cref="FleetException">There is no such client.</exception>
    public bool Restart(string name)
    {
        lock (_gate)
        {
            ClientState state = StateOf((_registry.FindClient(name) ?? throw new FleetException($"There is no client named '{name}'.")).Name);
            if (state.Heard is not { } heard || _time.GetElapsedTime(heard) > s_withinReach)
            {
                return false;
            }

            if (state.Restart != state.HeardBoot)
            {
                state.Restart = state.HeardBoot;
                LogRestart(name);
            }

            return true;
        }
    }

    /// <summary>Takes note of a system that is up.</summary>
    /// <returns>True if it is the one that is to restart. It is asked as long as it is heard: an answer may be lost.</returns>
    private bool IsToRestart(ClientState state, string bootId)
    {
        NoteHeard(state, bootId);
        if (state.Restart is not null && state.Restart != bootId)
        {
            state.Restart = null;
        }

        return state.Restart is not null;
    }

    [LoggerMessage(4060, LogLevel.Information, "{Client} is asked to restart")]
    private partial void LogRestart(string client);
}
