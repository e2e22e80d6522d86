using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Service;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>Roots, opened by storage to the addresses of their clients, one after the other.</content>
public sealed partial class FleetService
{
    private static readonly TimeSpan s_publishLimit = TimeSpan.FromSeconds(90);

    /// <summary>A root that should be open is open by then, or that is a fault.</summary>
    private static readonly TimeSpan s_openWithin = TimeSpan.FromSeconds(10);

    /// <summary>Most kernels are at their root by then.</summary>
    private static readonly TimeSpan s_rootExpected = TimeSpan.FromSeconds(5);

    // Which client's root is open, or is to be opened, to an address.
    private readonly Dictionary<Ipv4Address, string> _openTo = [];

    private void WantPublished(Client client, Ipv4Address address, int boot)
    {
        ClientState state = StateOf(client.Name);
        if (state.Wanted != address)
        {
            _openTo.Remove(state.Wanted);
            state.Wanted = address;
            state.PublishRetry.Succeeded();
            ReleaseAddress(address, state);
            _openTo[address] = client.Name;
        }

        if (boot != 0 && state.PublishedBoot != boot)
        {
            // Whatever happened to exports and targets since the last boot: storage looks, and does nothing where all is right.
            state.PublishedBoot = boot;
            state.Published = default;
        }

        QueuePublish(client, state);
    }

    /// <summary>An address has one holder: whose root was to be open to it before has it no longer.</summary>
    private void ReleaseAddress(Ipv4Address address, ClientState holder)
    {
        foreach (ClientState other in _clientStates.Values)
        {
            if (other != holder && other.Wanted == address)
            {
                other.Wanted = other.Published = default;
                (other.PublishTrouble, other.UnopenedSince) = (null, null);
                other.PublishRetry.Succeeded();
            }
        }
    }

    /// <summary>Storage closed what was open to an address to others than its new holder.</summary>
    private void NoteClosed(IReadOnlyList<string> closed, string holder, Ipv4Address address)
    {
        foreach (string name in closed)
        {
            LogClosed(name, address, holder);
            if (name != holder && _clientStates.TryGetValue(name, out ClientState? other) && other.Published == address)
            {
                other.Published = default;
            }
        }
    }

    /// <summary>
    /// Looks for roots that should be open and are not known to be: one that takes too long is a fault, and while a kernel does not come to its root,
    /// storage is asked to look again.
    /// </summary>
    private void KeepRootsOpen()
    {
        DateTimeOffset now = Now;
        foreach (ClientState state in _clientStates.Values)
        {
            if (state.Wanted.IsAny || _registry.FindClient(state.Name) is not { } client)
            {
                state.UnopenedSince = null;
                continue;
            }

            bool waitsForRoot = _registry.BoardOf(client) is { } board && _boardStates.TryGetValue(board.Mac, out BoardState? seen)
                && seen.Boots.Current is { Stage: BootStage.Kernel } boot && now - boot.StageTime >= s_rootExpected && now - boot.StageTime < s_soonWait;
            if (waitsForRoot && state.Published == state.Wanted && now - state.PublishedAt >= s_openWithin)
            {
                state.Published = default;
            }

            if (state.Published == state.Wanted || state.RootFor(RequestFor(client)) is null)
            {
                state.UnopenedSince = null;
                continue;
            }

            QueuePublish(client, state);
            if (now - (state.UnopenedSince ??= now) >= s_openWithin && state.PublishTrouble is null)
            {
                state.PublishTrouble = Fault.Of(
                    FaultCode.PublishFailed,
                    $"Client {client.Name}: its root should be open to {state.Wanted} since {(now - state.UnopenedSince.Value).TotalSeconds:0} s, and storage has not said that it is.",
                    "Storage, the NFS server or the iSCSI server takes very long, or hangs.",
                    "'systemctl status bramble-storaged nfs-server tgt' shows what they do. It is tried again by itself.",
                    state.UnopenedSince.Value);
            }
        }
    }

    private void QueuePublish(Client client, ClientState state)
    {
        if (!state.Wanted.IsAny && state.Published != state.Wanted && !state.Publishing && state.PublishRetry.IsDue(Now)
            && state.RootFor(RequestFor(client)) is not null)
        {
            state.Publishing = _toPublish.Writer.TryWrite(state.Name);
        }
    }

    private async Task PublishLoopAsync(CancellationToken stop)
    {
        try
        {
            await foreach (string name in _toPublish.Reader.ReadAllAsync(stop))
            {
                await PublishAsync(name, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task PublishAsync(string name, CancellationToken stop)
    {
        Ipv4Address address;
        Client? unsaved;
        int boot;
        lock (_gate)
        {
            if (!_clientStates.TryGetValue(name, out ClientState? state))
            {
                return;
            }

            (address, boot) = (state.Wanted, state.PublishedBoot);
            if (address.IsAny || _registry.FindClient(name) is not { } known)
            {
                // Another client has the address since.
                state.Publishing = false;
                return;
            }

            unsaved = state.Unsaved ? known : null;
            state.Unsaved = false;
        }

        Exception? failure = null;
        IReadOnlyList<string> closed = [];
        try
        {
            // Which board it is must be on disk before the root is open to it.
            if (unsaved is not null)
            {
                _store.Save(unsaved);
            }

            using var limited = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limited.CancelAfter(s_publishLimit);
            closed = await _storage.PublishRootAsync(name, address.ToString(), limited.Token);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            failure = e is OperationCanceledException ? new TimeoutException($"Storage did not finish within {s_publishLimit.TotalSeconds} s.", e) : e;
            LogPublishFailed(name, address, failure.Message);
        }

        lock (_gate)
        {
            if (!_clientStates.TryGetValue(name, out ClientState? state))
            {
                return;
            }

            state.Publishing = false;
            if (failure is null)
            {
                if (state.LastPublished != address)
                {
                    state.LastPublished = address;
                    LogPublished(name, address);
                }

                NoteClosed(closed, name, address);
                // A boot that began meanwhile may have another root: storage is asked again.
                (state.Published, state.PublishedAt) = (boot == state.PublishedBoot ? address : default, Now);
                state.PublishTrouble = null;
                state.PublishRetry.Succeeded();
            }
            else
            {
                state.Unsaved |= unsaved is not null;
            }

            // A failure for an address that another client has since is no fault of this one.
            if (failure is not null && state.Wanted == address)
            {
                Fault fault = RootFault(FaultCode.PublishFailed, $"The client's root could not be opened to {address}", name, failure);
                state.PublishTrouble = fault with { Since = state.PublishTrouble?.Since ?? fault.Since };
                state.PublishRetry.Failed(Now);
            }

            if (_registry.FindClient(name) is { } client)
            {
                QueuePublish(client, state);
            }
        }
    }

    [LoggerMessage(4032, LogLevel.Information, "The root of client {Client} is open to {Address}")]
    private partial void LogPublished(string client, Ipv4Address address);

    [LoggerMessage(4036, LogLevel.Information, "The root of client {Client} was open to {Address} and is closed: that is the address of client {Holder} now")]
    private partial void LogClosed(string client, Ipv4Address address, string holder);

    [LoggerMessage(4033, LogLevel.Error, "The root of client {Client} could not be opened to {Address}: {Reason}")]
    private partial void LogPublishFailed(string client, Ipv4Address address, string reason);
}
