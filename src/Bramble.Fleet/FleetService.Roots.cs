using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Service;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet;

/// <content>Roots: made by storage, in the background, a few at a time.</content>
public sealed partial class FleetService
{
    /// <summary>Reads the list of images anew: after one was added or removed.</summary>
    public async Task RefreshImagesAsync(CancellationToken cancellation)
    {
        // One at a time, so that an older answer never takes the place of a newer one.
        await _imagesGate.WaitAsync(cancellation);
        try
        {
            TakeImages(await _storage.ListImagesAsync(cancellation));
        }
        finally
        {
            _imagesGate.Release();
        }
    }

    private void TakeImages(IReadOnlyList<ImageInfo> images)
    {
        lock (_gate)
        {
            bool same = _imagesKnown && images.Select(static i => i.Name).SequenceEqual(_images.Select(static i => i.Name), StringComparer.Ordinal);
            _images = images;
            _imagesKnown = true;
            if (same)
            {
                return;
            }

            foreach (ClientState state in _clientStates.Values)
            {
                // Clients that waited for an image need not wait for their back-off.
                if (state.PrepareTrouble is { Code: FaultCode.NoImage or FaultCode.ImageMissing })
                {
                    state.PrepareTrouble = null;
                    state.PrepareRetry.Succeeded();
                }
            }
        }
    }

    /// <summary>Forgets that a client's root was made: after it was removed, restored or changed by somebody else. It is prepared again at the next boot.</summary>
    public void ForgetRoot(string client)
    {
        lock (_gate)
        {
            if (_clientStates.TryGetValue(client, out ClientState? state))
            {
                state.Prepared = null;
                state.Published = state.LastPublished = default;
            }
        }

        _store.DeleteRoot(client);
    }

    private void WantRoot(ClientState state)
    {
        if (!state.Preparing && state.PrepareRetry.IsDue(Now))
        {
            state.Preparing = _toPrepare.Writer.TryWrite(state.Name);
        }
    }

    private async Task PrepareLoopAsync(CancellationToken stop)
    {
        try
        {
            await RefreshImagesAsync(stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogImagesUnknown(e.Message);
        }

        try
        {
            await foreach (string name in _toPrepare.Reader.ReadAllAsync(stop))
            {
                await PrepareAsync(name, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task PrepareAsync(string name, CancellationToken stop)
    {
        try
        {
            await RefreshImagesAsync(stop);
            if (name.Length == 0)
            {
                return;
            }

            RootRequest request;
            Client? unsaved;
            Board? board;
            lock (_gate)
            {
                if (!TryResolve(name, out request, out unsaved))
                {
                    return;
                }

                board = unsaved is null ? null : _registry.BoardOf(unsaved);
            }

            // The token must be on disk before it is in a root; without its board, a client would not be known again after a crash.
            if (unsaved is not null)
            {
                _store.Save(unsaved);
            }

            if (board is not null)
            {
                _store.Save(board);
            }

            LogPreparing(name, request.Image, request.Kind);
            ClientRoot root = await _storage.PrepareRootAsync(request, stop);
            var prepared = new PreparedRoot { Request = request, Root = root };
            _store.Save(prepared);
            lock (_gate)
            {
                Prepared(name, prepared);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            lock (_gate)
            {
                if (_clientStates.TryGetValue(name, out ClientState? state))
                {
                    state.Unsaved = true;
                    PrepareFailed(state, RootFault(FaultCode.RootFailed, "The client's root could not be made", name, e));
                }
            }

            LogRootFailed(name, e.Message);
        }
        finally
        {
            lock (_gate)
            {
                if (_clientStates.TryGetValue(name, out ClientState? state))
                {
                    state.Preparing = false;
                }
            }
        }
    }

    private void Prepared(string name, PreparedRoot prepared)
    {
        if (_registry.FindClient(name) is not { } client)
        {
            return;
        }

        ClientState state = StateOf(name);
        state.Prepared = prepared;
        state.PrepareTrouble = null;
        state.PrepareRetry.Succeeded();

        // A root that was made anew must be opened anew.
        state.Published = state.LastPublished = default;
        QueuePublish(client, state);
    }

    /// <summary>Finds the image of a client and pins it; false if it cannot be prepared.</summary>
    private bool TryResolve(string name, out RootRequest request, out Client? unsaved)
    {
        request = null!;
        unsaved = null;
        if (_registry.FindClient(name) is not { } client)
        {
            return false;
        }

        ClientState state = StateOf(name);
        if (ImageOf(client) is not { } image)
        {
            string? wanted = client.Image ?? _options.DefaultImage;
            PrepareFailed(state, wanted is null || _images.Count == 0 ? NoImage($"Client {name}") : ImageMissing(name, wanted));
            LogNoImage(name, wanted ?? "any");
            return false;
        }

        if (client.Image is null)
        {
            client = client with { Image = image.Name };
            _registry.Update(client);
            state.Unsaved = true;
        }

        request = RequestFor(client)!;
        if (state.RootForNewBoot(request) is not null)
        {
            return false;
        }

        if (state.Unsaved)
        {
            state.Unsaved = false;
            unsaved = client;
        }

        return true;
    }

    private void PrepareFailed(ClientState state, Fault fault)
    {
        state.PrepareTrouble = fault with { Since = state.PrepareTrouble?.Since ?? fault.Since };
        state.PrepareRetry.Failed(Now);
    }

    /// <summary>Tries again what failed and is due, without waiting for the board to ask.</summary>
    private void RetryDue()
    {
        DateTimeOffset now = Now;
        foreach (ClientState state in _clientStates.Values)
        {
            if (state.PrepareRetry.WantsRetry(now))
            {
                WantRoot(state);
            }

            if (state.PublishRetry.WantsRetry(now) && _registry.FindClient(state.Name) is { } client)
            {
                QueuePublish(client, state);
            }
        }
    }

    private Fault NoImage(string who) => Fault.Of(
        FaultCode.NoImage,
        $"{who} is to boot, and this server has no operating system for it.",
        "No image was added yet.",
        "No image: add one with: bramble image add FILE",
        Now);

    private Fault ImageMissing(string client, string image) => Fault.Of(
        FaultCode.ImageMissing,
        $"Client {client} boots image '{image}'; there are: {string.Join(", ", _images.Select(static i => i.Name))}.",
        "The image was removed or is spelled differently.",
        $"Add it with: bramble image add FILE --name {image}, or give the client another image.",
        Now);

    private Fault RootFault(string code, string title, string client, Exception e) => new(
        code, title,
        $"Client {client}: {e.Message}",
        e is StorageException ? "Storage refused; its words are above." : $"Storage failed unexpectedly ({e.GetType().Name}).",
        "Follow what the message says; 'df -h' and 'systemctl status nfs-server tgt' show space and services. It is tried again by itself.",
        Now);

    [LoggerMessage(4030, LogLevel.Information, "Preparing the {Kind} root of client {Client} from image {Image}")]
    private partial void LogPreparing(string client, string image, RootKind kind);

    [LoggerMessage(4031, LogLevel.Error, "The root of client {Client} could not be made: {Reason}")]
    private partial void LogRootFailed(string client, string reason);

    [LoggerMessage(4034, LogLevel.Warning, "Client {Client} cannot boot: no image ({Image}). Add one with: bramble image add FILE")]
    private partial void LogNoImage(string client, string image);

    [LoggerMessage(4035, LogLevel.Warning, "The images cannot be listed: {Reason}")]
    private partial void LogImagesUnknown(string reason);
}
