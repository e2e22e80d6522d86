using System.Text.Json;
using Bramble.Bus;
using Bramble.Dhcp;
using Bramble.Fleet;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Rollouts;
using Bramble.Fleet.Status;
using Bramble.Storage.Contract;

namespace Bramble.Serving;

/// <summary>The fleet as the bus object shows it.</summary>
internal sealed class ServeFleetApi : IFleetApi
{
    private readonly FleetService _fleet;
    private readonly DhcpServer? _dhcp;
    private readonly ImportWatch _imports;
    private readonly Action _reload;
    private readonly string _dataFolder;

    /// <summary>Passes the fleet's boot events on.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="dhcp">The DHCP server; null where there is none.</param>
    /// <param name="imports">What is being imported.</param>
    /// <param name="reload">Reads the configuration again.</param>
    /// <param name="dataFolder">Folder of images and roots.</param>
    public ServeFleetApi(FleetService fleet, DhcpServer? dhcp, ImportWatch imports, Action reload, string dataFolder)
    {
        (_fleet, _dhcp, _imports, _reload, _dataFolder) = (fleet, dhcp, imports, reload, dataFolder);
        fleet.BootEvent += e => BootEvent?.Invoke(JsonSerializer.Serialize(e, FleetJson.Default.BootEvent));
    }

    /// <inheritdoc/>
    public event Action<string>? BootEvent;

    /// <inheritdoc/>
    public string GetStatusJson() => JsonSerializer.Serialize(Status(), FleetJson.Default.FleetStatus);

    /// <inheritdoc/>
    public string GetOverviewJson()
    {
        FleetStatus status = Status();
        return JsonSerializer.Serialize(
            status.Clients.Count <= FleetStatus.Many ? status : status with { Clients = [.. status.Clients.Where(static c => c.State is "booting" or "stuck" or "silent" || c.Fault is not null)] },
            FleetJson.Default.FleetStatus);
    }

    /// <inheritdoc/>
    public string GetNamesJson() => JsonSerializer.Serialize(_fleet.GetNames(), FleetJson.Default.FleetNames);

    /// <inheritdoc/>
    public string GetMetrics() => _fleet.GetMetrics(Status(), _dhcp?.Leases.Count, _dataFolder);

    /// <inheritdoc/>
    public string Approve(string board) => _fleet.Approve(board).Ref.ToString();

    /// <inheritdoc/>
    public string GetBootFilesJson(string name) => JsonSerializer.Serialize([.. _fleet.GetBootFiles(name)], FleetJson.Default.BootFileStatusArray);

    /// <inheritdoc/>
    public string GetBootLogJson(string name) => JsonSerializer.Serialize([.. _fleet.GetBootLog(name)], FleetJson.Default.BootLogStatusArray);

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
    public string ChangeClient(string json)
    {
        ClientRequest change = JsonSerializer.Deserialize(json, ClientRequestJson.Default.ClientRequest) ?? throw new FleetException("The change is empty.");
        return JsonSerializer.Serialize(ClientRequest.Of(_fleet.UpdateClient(change.Name, change.Change)), ClientRequestJson.Default.ClientRequest);
    }

    /// <inheritdoc/>
    public bool ForgetBoard(string board) => _fleet.ForgetBoard(board);

    /// <inheritdoc/>
    public void SetImage(string client, string image) => _fleet.SetImage(client, image);

    /// <inheritdoc/>
    public void SetRoot(string client, string image, string root)
    {
        (RootKind kind, string? external) = ClientRequest.ParseRoot(root);
        _fleet.SetRoot(client, image.Length == 0 ? null : image, kind, external);
    }

    /// <inheritdoc/>
    public bool Restart(string client) => _fleet.Restart(client);

    /// <inheritdoc/>
    public bool RemoveClient(string client) => _fleet.RemoveClient(client);

    /// <inheritdoc/>
    public string ExportRegistry() => _fleet.ExportRegistry();

    /// <inheritdoc/>
    public string ImportRegistry(string json) => string.Join('\n', _fleet.ImportRegistry(json));

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

    private FleetStatus Status()
    {
        FleetStatus status = _fleet.GetStatus() with { Imports = _imports.Current() };
        return _dhcp is null ? status : status with { Dhcp = DhcpStatus.Of(_dhcp.CurrentMode, _dhcp.Counters) };
    }
}
