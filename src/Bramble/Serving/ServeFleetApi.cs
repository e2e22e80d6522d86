using System.Text.Json;
using Bramble.Bus;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Rollouts;
using Bramble.Fleet.Status;

namespace Bramble.Serving;

/// <summary>The fleet as the bus object shows it.</summary>
internal sealed class ServeFleetApi : IFleetApi
{
    private readonly FleetService _fleet;
    private readonly DhcpServer? _dhcp;
    private readonly Action _reload;

    /// <summary>Passes the fleet's boot events on.</summary>
    public ServeFleetApi(FleetService fleet, DhcpServer? dhcp, Action reload)
    {
        (_fleet, _dhcp, _reload) = (fleet, dhcp, reload);
        fleet.BootEvent += e => BootEvent?.Invoke(JsonSerializer.Serialize(e, FleetJson.Default.BootEvent));
    }

    /// <inheritdoc/>
    public event Action<string>? BootEvent;

    /// <inheritdoc/>
    public string GetStatusJson()
    {
        FleetStatus status = _fleet.GetStatus();
        if (_dhcp is not null)
        {
            status = status with { Dhcp = DhcpStatus.Of(_dhcp.CurrentMode, _dhcp.Counters) };
        }

        return JsonSerializer.Serialize(status, FleetJson.Default.FleetStatus);
    }

    /// <inheritdoc/>
    public string GetBootFilesJson(string name) => JsonSerializer.Serialize([.. _fleet.GetBootFiles(name)], FleetJson.Default.BootFileStatusArray);

    /// <inheritdoc/>
    public async Task<string> AddClientAsync(string json)
    {
        ClientRequest request = JsonSerializer.Deserialize(json, ClientRequestJson.Default.ClientRequest)
            ?? throw new FleetException("The request is empty.");
        // A client of an image that is not there would only show at its first boot.
        await _fleet.RefreshImagesAsync(CancellationToken.None);
        if (request.Image is { } image && !_fleet.GetStatus().Images.Any(i => i.Name == image))
        {
            throw new FleetException($"There is no image '{image}'. 'bramble image list' shows those there are.");
        }

        Client added = _fleet.AddClient(request.ToClient());
        return JsonSerializer.Serialize(ClientRequest.Of(added), ClientRequestJson.Default.ClientRequest);
    }

    /// <inheritdoc/>
    public void SetImage(string client, string image) => _fleet.SetImage(client, image);

    /// <inheritdoc/>
    public bool Restart(string client) => _fleet.Restart(client);

    /// <inheritdoc/>
    public bool RemoveClient(string client) => _fleet.RemoveClient(client);

    /// <inheritdoc/>
    public async Task<string> StartRolloutAsync(string json)
    {
        RolloutOrder order = JsonSerializer.Deserialize(json, RolloutJson.Default.RolloutOrder) ?? throw new FleetException("The order is empty.");
        await _fleet.RefreshImagesAsync(CancellationToken.None);
        return Json(_fleet.StartRollout(order));
    }

    /// <inheritdoc/>
    public string GetRolloutJson() => _fleet.GetRollout() is { } rollout ? Json(rollout) : "";

    /// <inheritdoc/>
    public string StopRollout(bool back) => Json(_fleet.StopRollout(back));

    /// <inheritdoc/>
    public void Reload() => ThreadPool.QueueUserWorkItem(
        static api =>
        {
            api._reload();
            // An image may have come or gone; without the bus there is nothing to ask, and the next root asks anyway.
            _ = api._fleet.RefreshImagesAsync(CancellationToken.None).ContinueWith(static done => done.Exception, TaskScheduler.Default);
        },
        this,
        preferLocal: false);

    private static string Json(Rollout rollout) => JsonSerializer.Serialize(rollout, RolloutJson.Default.Rollout);
}
