using Bramble.Fleet.Clients;
using Bramble.Fleet.Rollouts;
using Bramble.Fleet.Timeline;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>New images for clients, stage by stage. The rules are in <see cref="RolloutMachine"/>; here they meet clock, beacons, storage and disk.</content>
public sealed partial class FleetService
{
    private static readonly TimeSpan s_rolloutTurn = TimeSpan.FromSeconds(1);

    private Rollout? _rollout;

    // The client that storage works on in this moment.
    private string? _rolloutBusy;

    /// <summary>Begins a rollout.</summary>
    /// <exception cref="FleetException">It cannot be done, or another one runs; the message says why.</exception>
    /// <exception cref="IOException">It could not be written; nothing was begun.</exception>
    public Rollout StartRollout(RolloutOrder order)
    {
        lock (_adminGate)
        {
            Rollout planned;
            lock (_gate)
            {
                if (_changes is null)
                {
                    throw new FleetException("There is no storage service that could change images.");
                }

                if (_rollout is { State: RolloutState.Running or RolloutState.RollingBack } running)
                {
                    throw new FleetException($"The rollout of '{running.Order.Image}' is {RolloutMachine.NameOf(running.State)}. Let it end, or stop it: bramble rollout stop");
                }

                if (!_images.Any(image => image.Name == order.Image))
                {
                    throw new FleetException($"There is no image '{order.Image}'. 'bramble image list' shows those there are.");
                }

                planned = RolloutMachine.Plan(order, ClientsOf(order), Now);
            }

            _store.Save(planned);
            lock (_gate)
            {
                _rollout = planned;
            }

            LogRollout(order.Image, $"begins: {planned.Clients.Count} clients in {planned.Stages} stages");
            return planned;
        }
    }

    /// <summary>The rollout that runs, or the last one; null if there was none.</summary>
    public Rollout? GetRollout()
    {
        lock (_gate)
        {
            return _rollout;
        }
    }

    /// <summary>Stops the rollout.</summary>
    /// <param name="back">Clients that were changed get back what they had; false to leave them as they are.</param>
    /// <exception cref="FleetException">None runs.</exception>
    public Rollout StopRollout(bool back)
    {
        Rollout stopped;
        lock (_gate)
        {
            stopped = RolloutMachine.Stop(_rollout ?? throw new FleetException("There is no rollout."), _rolloutBusy, back);
            _rollout = stopped;
        }

        _store.Save(stopped);
        LogRollout(stopped.Order.Image, $"is {RolloutMachine.NameOf(stopped.State)}");
        return stopped;
    }

    private List<(string Name, string? Image)> ClientsOf(RolloutOrder order)
    {
        List<Client> clients = [];
        foreach (string name in order.Clients)
        {
            clients.Add(_registry.FindClient(name) ?? throw new FleetException($"There is no client named '{name}'."));
        }

        if (clients.Count == 0)
        {
            clients = [.. _registry.Clients.OrderBy(static client => client.Name, StringComparer.Ordinal)];
        }

        // A client without a root has nothing that could be changed.
        return [.. clients.Where(client => (order.Tag is null || client.Tags.Contains(order.Tag)) && StateOf(client.Name).Prepared is not null).Select(static client => (client.Name, client.Image))];
    }

    private async Task RolloutLoopAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(s_rolloutTurn, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await TurnRolloutAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops. What was under way is done again, with the same result, when it starts.
        }
    }

    /// <summary>Moves the rollout on as far as it goes in this moment.</summary>
    internal async Task TurnRolloutAsync(CancellationToken stop)
    {
        while (true)
        {
            RolloutWork? work;
            Rollout? before;
            Rollout? now;
            lock (_gate)
            {
                before = _rollout;
                now = before is null ? null : RolloutMachine.Advance(before, Now, BootOf);
                work = now is null ? null : RolloutMachine.NextWork(now);
                _rollout = now;
                _rolloutBusy = work?.Client;
            }

            Saved(before, now);
            RestartChanged(now);
            if (work is null)
            {
                return;
            }

            await DoAsync(now!.Order, work, stop);
        }
    }

    private async Task DoAsync(RolloutOrder order, RolloutWork work, CancellationToken stop)
    {
        Func<Rollout, Rollout> outcome;
        try
        {
            RootChange change = work.Back is null
                ? await _changes!.ChangeImageAsync(work.Client, order.Image, order.Carry, null, stop)
                : await _changes!.RollBackAsync(work.Client, work.Back, null, stop);
            UpdateClient(work.Client, old => old with { Image = change.Image, RootKind = change.Kind ?? old.RootKind });
            if (order.Now && work.Back is not null)
            {
                Restart(work.Client);
            }

            outcome = rollout => RolloutMachine.Done(rollout, work, change.Kept, Now);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            outcome = rollout => RolloutMachine.Failed(rollout, work, e.Message);
        }

        Rollout before;
        Rollout after;
        lock (_gate)
        {
            before = _rollout!;
            after = outcome(before);
            _rollout = after;
            _rolloutBusy = null;
        }

        Saved(before, after);
    }

    /// <summary>Those that run and have not begun to boot since their root was changed; asked again each time, also after this server was restarted.</summary>
    private void RestartChanged(Rollout? rollout)
    {
        if (rollout is not { State: RolloutState.Running, Order.Now: true })
        {
            return;
        }

        foreach (RolloutClient client in rollout.Clients.Where(static client => client.Phase == RolloutPhase.Changed))
        {
            lock (_gate)
            {
                if (_registry.FindClient(client.Name) is not null)
                {
                    Restart(client.Name);
                }
            }
        }
    }

    /// <summary>Has a client boot another image, once storage has made its root so.</summary>
    /// <exception cref="FleetException">There is no such client.</exception>
    public void SetImage(string client, string image) => UpdateClient(client, old => old with { Image = image });

    /// <summary>Has a client boot a root of another kind, once storage has made it so.</summary>
    /// <param name="client">Its name.</param>
    /// <param name="image">The image that the root is made from; null for the one it has.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="external">Where a root of kind <see cref="RootKind.External"/> is; null for the others.</param>
    /// <exception cref="FleetException">There is no such client, or no such place.</exception>
    public void SetRoot(string client, string? image, RootKind kind, string? external) =>
        UpdateClient(client, old => old with { Image = image ?? old.Image, RootKind = kind, ExternalRoot = external });

    // A boot that was not seen from its beginning is a system that ran all the time, and whose boot this server has forgotten.
    private RolloutBoot? BootOf(string name) =>
        _registry.FindClient(name) is { } client && _registry.BoardOf(client) is { } board && StateOf(board).Boots.Current is { } boot
        && boot.Times.At(BootStage.Discover) is not null
            ? new RolloutBoot(boot.Started, boot.Stage == BootStage.Up)
            : null;

    private void Saved(Rollout? before, Rollout? now)
    {
        if (now is null || ReferenceEquals(before, now))
        {
            return;
        }

        // The boot that a step was taken by is on the disk before the step: else a power cut could leave a client waited for that is up.
        Flush();
        try
        {
            _store.Save(now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next step writes it anew; what is done twice after a restart does the same as once.
            LogNotSaved(_options.StateFolder, e.Message);
        }

        foreach ((RolloutClient old, RolloutClient client) in before!.Clients.Zip(now.Clients).Where(static pair => pair.First.Phase != pair.Second.Phase))
        {
            LogRolloutClient(now.Order.Image, client.Name, old.Phase, client.Phase, client.Problem ?? "");
        }

        if (before.State != now.State)
        {
            LogRollout(now.Order.Image, $"is {RolloutMachine.NameOf(now.State)}{(now.Reason is null ? "" : $" ({now.Reason})")}");
        }
        else if (before.Stage != now.Stage)
        {
            LogRollout(now.Order.Image, $"is at stage {now.Stage + 1} of {now.Stages}");
        }
    }

    [LoggerMessage(4050, LogLevel.Information, "The rollout of image {Image} {What}")]
    private partial void LogRollout(string image, string what);

    [LoggerMessage(4051, LogLevel.Information, "Rollout of {Image}: {Client} was {Old}, is {Phase} {Problem}")]
    private partial void LogRolloutClient(string image, string client, RolloutPhase old, RolloutPhase phase, string problem);
}
