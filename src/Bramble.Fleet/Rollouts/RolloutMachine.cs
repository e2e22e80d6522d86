using System.Globalization;

namespace Bramble.Fleet.Rollouts;

/// <summary>
/// The rules of a rollout. Pure: a rollout and what happened in, the rollout after it out. Clients of one stage are changed and must come up before the
/// next stage begins; one that fails stops all, and every client that was changed gets back what it had.
/// </summary>
internal static class RolloutMachine
{
    /// <summary>Plans a rollout.</summary>
    /// <param name="order">What is asked for.</param>
    /// <param name="clients">The clients that are meant, in order, each with its image.</param>
    /// <param name="now">The moment.</param>
    /// <exception cref="FleetException">It cannot be done; the message says why.</exception>
    internal static Rollout Plan(RolloutOrder order, IReadOnlyList<(string Name, string? Image)> clients, DateTimeOffset now)
    {
        List<(string Name, string? Image)> wanted = [.. clients.Where(client => client.Image != order.Image)];
        if (wanted.Count == 0)
        {
            throw new FleetException(clients.Count == 0 ? "No client is meant." : $"All {clients.Count} clients have image '{order.Image}' already.");
        }

        List<RolloutClient> planned = [];
        int stage = 0;
        int last = 0;
        foreach (string text in order.Stages)
        {
            int until = Math.Min(CountOf(text, wanted.Count), wanted.Count);
            if (until < last)
            {
                throw new FleetException($"Stage '{text}' is smaller than the one before it: each says how many clients have the image at its end.");
            }

            planned.AddRange(wanted[last..until].Select(client => new RolloutClient { Name = client.Name, From = client.Image, Stage = stage }));
            stage += until > last ? 1 : 0;
            last = until;
        }

        return stage == 0
            ? throw new FleetException("A rollout needs at least one stage: a number of clients, a share such as 25%, or all.")
            : new Rollout { Order = order, Started = now, Stages = stage, Clients = planned };
    }

    /// <summary>Moves on with time and with what the clients' boards do.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="now">The moment.</param>
    /// <param name="bootOf">The last boot of a client; null if it never booted.</param>
    internal static Rollout Advance(Rollout rollout, DateTimeOffset now, Func<string, RolloutBoot?> bootOf)
    {
        if (rollout.State != RolloutState.Running)
        {
            return rollout;
        }

        Rollout next = With(rollout, client => Watch(client, rollout, now, bootOf));
        if (next.Clients.FirstOrDefault(static client => client.Phase == RolloutPhase.Failed) is { } failed)
        {
            return Return(next, $"{failed.Name}: {failed.Problem}", busy: null);
        }

        while (next.Clients.Where(client => client.Stage == next.Stage).All(static client => client.Phase == RolloutPhase.Up))
        {
            if (next.Stage + 1 == next.Stages)
            {
                return next with { State = RolloutState.Done };
            }

            next = next with { Stage = next.Stage + 1 };
        }

        return With(next, client => client.Phase == RolloutPhase.Waiting && client.Stage == next.Stage ? client with { Phase = RolloutPhase.Changing } : client);
    }

    /// <summary>What storage has to do now. Done twice, it does the same as once.</summary>
    internal static RolloutWork? NextWork(Rollout rollout)
    {
        // While it runs, no client is Returning; while it rolls back, none is Changing.
        return rollout.Clients.FirstOrDefault(static client => client.Phase is RolloutPhase.Changing or RolloutPhase.Returning) is { } client
            ? new RolloutWork(client.Name, client.Phase == RolloutPhase.Returning ? client.Kept! : null)
            : null;
    }

    /// <summary>Storage has done what it had to.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="work">What.</param>
    /// <param name="kept">Of a client that got the image: the snapshot that holds what it had.</param>
    /// <param name="now">The moment.</param>
    internal static Rollout Done(Rollout rollout, RolloutWork work, string kept, DateTimeOffset now)
    {
        Rollout next = With(rollout, client => client.Name != work.Client
            ? client
            : work.Back is null
                // Stopped or failed meanwhile: then it goes back at once.
                ? client with { Phase = rollout.State == RolloutState.RollingBack && kept.Length > 0 ? RolloutPhase.Returning : RolloutPhase.Changed, Changed = now, Kept = kept.Length > 0 ? kept : null }
                : client with { Phase = RolloutPhase.Returned });
        return Settle(next);
    }

    /// <summary>Storage could not do it.</summary>
    internal static Rollout Failed(Rollout rollout, RolloutWork work, string reason)
    {
        Rollout next = With(rollout, client => client.Name == work.Client ? client with { Phase = RolloutPhase.Failed, Problem = reason } : client);
        return work.Back is null
            ? Return(next, rollout.Reason ?? $"{work.Client}: {reason}", busy: null)
            : Settle(next);
    }

    /// <summary>A person stops it.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="busy">The client that storage works on in this moment; null for none.</param>
    /// <param name="back">Clients that were changed get back what they had; false to leave them as they are.</param>
    /// <exception cref="FleetException">It does not run.</exception>
    internal static Rollout Stop(Rollout rollout, string? busy, bool back)
    {
        if (rollout.State is not (RolloutState.Running or RolloutState.Stopped) || (rollout.State == RolloutState.Stopped && !back))
        {
            throw new FleetException($"The rollout of '{rollout.Order.Image}' does not run: it is {NameOf(rollout.State)}.");
        }

        const string Reason = "stopped by hand";
        if (back)
        {
            return Return(rollout, Reason, busy);
        }

        return Halt(rollout, busy) with { State = RolloutState.Stopped, Reason = Reason };
    }

    /// <summary>The name of a state for people and in JSON.</summary>
    internal static string NameOf(RolloutState state) => state switch
    {
        RolloutState.RollingBack => "rolling back",
        RolloutState.RolledBack => "rolled back",
        _ => state.ToString().ToLowerInvariant(),
    };

    private static RolloutClient Watch(RolloutClient client, Rollout rollout, DateTimeOffset now, Func<string, RolloutBoot?> bootOf)
    {
        RolloutOrder order = rollout.Order;
        if (client.Phase is not (RolloutPhase.Changed or RolloutPhase.Booting))
        {
            return client;
        }

        if (bootOf(client.Name) is { } boot && boot.Started > client.Changed)
        {
            // It may try several times; its time runs from the first.
            client = client with { Phase = boot.IsUp ? RolloutPhase.Up : RolloutPhase.Booting, Began = client.Began ?? boot.Started };
        }

        if (client.Phase == RolloutPhase.Booting && IsLonger(now - client.Began, order.WithinSeconds, now - rollout.Resumed))
        {
            return client with { Phase = RolloutPhase.Failed, Problem = $"it began to boot and was not up {order.WithinSeconds} s later" };
        }

        return client.Phase == RolloutPhase.Changed && order.RestartSeconds > 0 && IsLonger(now - client.Changed, order.RestartSeconds, now - rollout.Resumed)
            ? client with { Phase = RolloutPhase.Failed, Problem = $"it did not restart within {order.RestartSeconds} s" }
            : client;
    }

    // The time that the server was off is no client's time.
    private static bool IsLonger(TimeSpan? passed, int seconds, TimeSpan? sinceResumed) => (sinceResumed < passed ? sinceResumed : passed) > TimeSpan.FromSeconds(seconds);

    /// <summary>Changes no client any more, except the one that is being changed in this moment.</summary>
    private static Rollout Halt(Rollout rollout, string? busy) =>
        With(rollout, client => client.Phase == RolloutPhase.Changing && client.Name != busy ? client with { Phase = RolloutPhase.Waiting } : client);

    /// <summary>Begins to give back. A client whose root is being changed in this moment follows when that is done.</summary>
    private static Rollout Return(Rollout rollout, string reason, string? busy) => Settle(With(Halt(rollout, busy), static client => client switch
    {
        { Phase: RolloutPhase.Changed or RolloutPhase.Booting or RolloutPhase.Up, Kept: null } => client with { Phase = RolloutPhase.Returned },
        { Phase: RolloutPhase.Changed or RolloutPhase.Booting or RolloutPhase.Up } => client with { Phase = RolloutPhase.Returning },
        { Phase: RolloutPhase.Failed, Kept: not null } => client with { Phase = RolloutPhase.Returning },
        _ => client,
    }) with { State = RolloutState.RollingBack, Reason = reason });

    private static Rollout Settle(Rollout rollout)
    {
        if (rollout.State != RolloutState.RollingBack || rollout.Clients.Any(static client => client.Phase is RolloutPhase.Changing or RolloutPhase.Returning))
        {
            return rollout;
        }

        // One that failed and has something kept could not be given it back; one that has nothing kept was never changed.
        return rollout with { State = rollout.Clients.Any(static client => client is { Phase: RolloutPhase.Failed, Kept: not null }) ? RolloutState.Failed : RolloutState.RolledBack };
    }

    private static Rollout With(Rollout rollout, Func<RolloutClient, RolloutClient> change)
    {
        List<RolloutClient> changed = [.. rollout.Clients.Select(change)];
        return changed.SequenceEqual(rollout.Clients) ? rollout : rollout with { Clients = changed };
    }

    private static int CountOf(string text, int all)
    {
        if (text == "all")
        {
            return all;
        }

        bool isShare = text.EndsWith('%');
        bool isNumber = int.TryParse(isShare ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 && !(isShare && number > 100);
        return !isNumber
            ? throw new FleetException($"'{text}' is no stage of a rollout: give a number of clients, a share such as 25%, or all.")
            : isShare ? (int)Math.Ceiling(all * (number / 100.0)) : number;
    }
}
