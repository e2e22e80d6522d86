namespace Bramble.Integration.Tests.Lab;

/// <summary>One datagram of sd_notify(3).</summary>
/// <param name="Timestamp">When it came, of <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>.</param>
/// <param name="Text">Its assignments, one a line.</param>
internal sealed record NotifyMessage(long Timestamp, string Text)
{
    /// <summary>Whether it holds this assignment, such as <c>READY=1</c>.</summary>
    public bool Has(string assignment) => Text.Split('\n').Contains(assignment);

    /// <summary>What it assigns to a variable; null if it does not.</summary>
    public string? Get(string variable) =>
        Text.Split('\n').FirstOrDefault(line => line.StartsWith(variable + "=", StringComparison.Ordinal))?[(variable.Length + 1)..];
}
