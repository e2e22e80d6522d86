namespace Bramble.Linux.Systemd;

/// <summary>How a job of systemd ended.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Result">The job's result: <c>done</c>, <c>canceled</c>, <c>timeout</c>, <c>failed</c>, <c>dependency</c> or <c>skipped</c> (org.freedesktop.systemd1(5), JobRemoved).</param>
/// <param name="State">What the unit says of itself, read when the result is not <c>done</c>; null otherwise or if it could not be read.</param>
public sealed record UnitJobOutcome(string Unit, string Result, UnitState? State)
{
    /// <summary>The job did what it should.</summary>
    public bool IsDone => Result == "done";

    /// <summary>Why it failed, for a person; empty if it did not.</summary>
    public string Reason => IsDone ? "" : State is null ? $"{Unit}: the job ended as '{Result}'" : $"{Unit}: the job ended as '{Result}'; {State.Describe()}";
}
