namespace Bramble.Storage.Contract;

/// <summary>How a job of the service manager ended.</summary>
/// <param name="Result">The job's result as systemd calls it (<c>done</c>, <c>failed</c>, <c>timeout</c>, <c>dependency</c>, <c>canceled</c>, <c>skipped</c>), or <see cref="NotAvailable"/>.</param>
/// <param name="Words">What the unit itself says when it failed; empty otherwise.</param>
public sealed record UnitJobResult(string Result, string Words)
{
    /// <summary>Result when there is no service manager to ask.</summary>
    public const string NotAvailable = "not-available";

    /// <summary>The job was done.</summary>
    public bool IsDone => Result == "done";

    /// <summary>There is no service manager here.</summary>
    public bool IsNotAvailable => Result == NotAvailable;
}
