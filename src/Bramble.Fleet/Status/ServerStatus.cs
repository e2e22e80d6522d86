namespace Bramble.Fleet.Status;

/// <summary>This server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its IPv4 address as the clients see it.</param>
/// <param name="Mode"><c>server</c> or <c>proxy</c>.</param>
/// <param name="Enrolment"><c>open</c>, <c>button</c> or <c>list</c>.</param>
/// <param name="EnrolmentOpenUntil">End of the enrolment window, UTC; null while it is closed.</param>
public sealed record ServerStatus(string Name, string Address, string Mode, string Enrolment, DateTimeOffset? EnrolmentOpenUntil)
{
    /// <summary>False where any address may read any board's files (<see cref="FleetOptions.RelaxedAddressCheck"/>).</summary>
    public bool ChecksAddress { get; init; } = true;
}
