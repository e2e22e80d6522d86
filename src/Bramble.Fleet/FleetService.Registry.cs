using System.Text.Json;
using Bramble.Fleet.Clients;

namespace Bramble.Fleet;

/// <content>The whole registry, out of one server and into another.</content>
public sealed partial class FleetService
{
    /// <summary>All clients and boards as JSON, see <see cref="RegistryFile"/>.</summary>
    public string ExportRegistry()
    {
        lock (_gate)
        {
            return JsonSerializer.Serialize(
                new RegistryFile
                {
                    Made = Now,
                    Clients = [.. _registry.Clients.OrderBy(static client => client.Name, StringComparer.Ordinal).Select(static client => client with { BeaconToken = "" })],
                    Boards = [.. _registry.Boards.OrderBy(static board => board.Ref.ToString(), StringComparer.Ordinal)],
                },
                StoreJson.Default.RegistryFile);
        }
    }

    /// <summary>Takes in clients and boards of another server. What is here already stays as it is.</summary>
    /// <param name="json">What <see cref="ExportRegistry"/> gave.</param>
    /// <returns>Why clients were not added, one message a client; empty if all were.</returns>
    /// <exception cref="FleetException">It is no such file; nothing was changed.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    public IReadOnlyList<string> ImportRegistry(string json)
    {
        RegistryFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, StoreJson.Default.RegistryFile) ?? throw new FleetException("The registry is empty.");
        }
        catch (JsonException e)
        {
            throw new FleetException($"The registry cannot be read: {e.Message}");
        }

        if (file.Version > RegistryFile.Newest)
        {
            throw new FleetException($"The registry is of version {file.Version}: it was made by a newer Bramble.");
        }

        foreach (Board board in file.Boards)
        {
            TakeBoard(board);
        }

        List<string> refused = [];
        foreach (Client client in file.Clients)
        {
            try
            {
                AddClient(client with { BeaconToken = "" });
            }
            catch (FleetException e)
            {
                refused.Add(e.Message);
            }
        }

        return refused;
    }

    private void TakeBoard(Board board)
    {
        lock (_adminGate)
        {
            lock (_gate)
            {
                if (_registry.FindBoard(board.Ref) is { } known)
                {
                    board = known with { Approved = known.Approved || board.Approved };
                }

                _registry.Update(board);
            }

            _store.Save(board);
        }
    }
}
