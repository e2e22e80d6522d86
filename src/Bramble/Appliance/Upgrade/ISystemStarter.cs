namespace Bramble.Appliance.Upgrade;

/// <summary>What decides which system partition is started, on the boot partition. Each change is on the disk when the call returns.</summary>
internal interface ISystemStarter
{
    /// <summary>False where this machine's kernel cannot have a system started for one try.</summary>
    bool CanTry { get; }

    /// <summary>The parameter of the restart that tries the other system; empty for none.</summary>
    string RestartParameter { get; }

    /// <summary>True if this system is started by itself from now on; false while it is only being tried.</summary>
    bool IsKept(char slot);

    /// <summary>True if this system was tried and did not hold.</summary>
    bool HasFailed(char slot);

    /// <summary>Makes sure that a system is not started: it is about to be overwritten.</summary>
    void Withdraw(char slot);

    /// <summary>Has the next start try this system, once.</summary>
    /// <param name="slot">The system.</param>
    /// <param name="texts">The upgrade's texts for boot loaders, by name.</param>
    /// <exception cref="UpgradeException">The upgrade has not the text that this boot loader needs.</exception>
    void TryOnce(char slot, IReadOnlyDictionary<string, string> texts);

    /// <summary>Has this system started by itself from now on.</summary>
    void Keep(char slot);
}
