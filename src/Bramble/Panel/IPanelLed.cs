namespace Bramble.Panel;

/// <summary>An LED of the panel.</summary>
internal interface IPanelLed : IDisposable
{
    /// <summary>What it is, for people.</summary>
    string Name { get; }

    /// <summary>Lights it, or not.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    void Set(bool lit);

    /// <summary>Lets it go: as it was found, or, while the machine shuts down, blinking on by itself where the kernel can do that.</summary>
    void Release(bool shuttingDown);
}
