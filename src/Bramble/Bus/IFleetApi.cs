namespace Bramble.Bus;

/// <summary>What the boot server lets others do over the bus.</summary>
public interface IFleetApi
{
    /// <summary>The whole fleet as JSON: clients, boards, boots, faults.</summary>
    string GetStatusJson();

    /// <summary>The same, but of a large fleet only the clients that are under way, stand still or have a fault: for those who want a glance.</summary>
    string GetOverviewJson();

    /// <summary>The files of the last boot of a client or board, in the order of their first request, as JSON.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    string GetBootFilesJson(string name);

    /// <summary>What the bootloader of a client or board logged at its last boot, oldest first, as JSON.</summary>
    /// <param name="name">A client's name, a serial or a MAC.</param>
    string GetBootLogJson(string name);

    /// <summary>Clients, boards without one, and images, by name alone, as JSON.</summary>
    string GetNamesJson();

    /// <summary>Metrics in Prometheus' text format.</summary>
    string GetMetrics();

    /// <summary>Lets a board that was seen boot.</summary>
    /// <param name="board">Its serial or MAC.</param>
    /// <returns>The board by its serial, or by its MAC where that is not known.</returns>
    string Approve(string board);

    /// <summary>Adds a client.</summary>
    /// <param name="json">What the command line gave.</param>
    /// <returns>The client as it now is, as JSON.</returns>
    Task<string> AddClientAsync(string json);

    /// <summary>Changes a client.</summary>
    /// <param name="json">Its name, and what is to be other than it is.</param>
    /// <returns>The client as it now is, as JSON.</returns>
    string ChangeClient(string json);

    /// <summary>Forgets a board that has no client, with its boots.</summary>
    /// <param name="board">Its serial or MAC.</param>
    /// <returns>False if it was never seen.</returns>
    bool ForgetBoard(string board);

    /// <summary>Has a client boot another image, once storage has made its root so.</summary>
    void SetImage(string client, string image);

    /// <summary>Has a client boot a root of another kind, once storage has made it so.</summary>
    /// <param name="client">Its name.</param>
    /// <param name="image">The image that the root is made from; empty for the one it has.</param>
    /// <param name="root"><c>nfs</c>, <c>iscsi</c>, <c>overlay</c>, or the address of a root elsewhere.</param>
    void SetRoot(string client, string image, string root);

    /// <summary>Has a client that runs restart.</summary>
    /// <returns>False if it cannot be reached.</returns>
    bool Restart(string client);

    /// <summary>Removes a client from the fleet; its root stays.</summary>
    /// <returns>False if there is no such client.</returns>
    bool RemoveClient(string client);

    /// <summary>All clients and boards, as JSON.</summary>
    string ExportRegistry();

    /// <summary>Takes in clients and boards of another server.</summary>
    /// <param name="json">What <see cref="ExportRegistry"/> gave there.</param>
    /// <returns>Why clients were not added, a line each; empty if all were.</returns>
    string ImportRegistry(string json);

    /// <summary>Begins a rollout.</summary>
    /// <param name="json">What the command line gave.</param>
    /// <returns>The rollout, as JSON.</returns>
    Task<string> StartRolloutAsync(string json);

    /// <summary>The rollout that runs, or the last one, as JSON; empty if there was none.</summary>
    string GetRolloutJson();

    /// <summary>Stops the rollout that runs.</summary>
    /// <param name="back">Clients that were changed get back what they had.</param>
    /// <returns>The rollout, as JSON.</returns>
    string StopRollout(bool back);

    /// <summary>Reads the configuration and the list of images again. Returns at once.</summary>
    void Reload();

    /// <summary>One boot event, as JSON. Raised on any thread; handlers do not block.</summary>
#pragma warning disable MA0046 // Not an event of a user interface: a sender and an EventArgs object would carry nothing.
    event Action<string>? BootEvent;
#pragma warning restore MA0046
}
