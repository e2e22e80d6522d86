using Bramble.Panel.State;

namespace Bramble.Panel;

/// <summary>What the panel shows and does, as the server offers it.</summary>
internal interface IPanelHost
{
    /// <summary>The state at this moment.</summary>
    PanelState GetState();

    /// <summary>Opens pairing for two minutes.</summary>
    void OpenPairing();

    /// <summary>Closes pairing.</summary>
    void ClosePairing();

    /// <summary>Shuts the machine down.</summary>
    /// <exception cref="IOException">It cannot; the message says why.</exception>
    Task PowerOffAsync(CancellationToken cancellation);

    /// <summary>Whether this system can be reset to how it came.</summary>
    Task<bool> CanFactoryResetAsync(CancellationToken cancellation);

    /// <summary>Resets it.</summary>
    /// <exception cref="IOException">It cannot; the message says why.</exception>
    Task FactoryResetAsync(CancellationToken cancellation);
}
