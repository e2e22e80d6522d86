using System.Text.RegularExpressions;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Faults;

/// <summary>One trouble that is really there, and the code that tells it.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Code">The fault's code.</param>
/// <param name="Seen">Words that its observation must hold.</param>
/// <param name="Run">Makes the trouble and returns what the server said; waits for the code by <see cref="WaitFor"/>.</param>
/// <param name="Besides">A code that belongs to it and comes too.</param>
internal sealed partial record FaultScene(string Name, string Code, string Seen, Func<FaultScene, string> Run, string? Besides = null)
{
    /// <summary>The longest time of all: a system has five minutes to come up. A busy machine takes longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(420);

    private const string DiskFull = "BR601";

    /// <summary>Waits until a server tells the code; returns what it said until then.</summary>
    public string WaitFor(RunningProgram server)
    {
        Wait.Until(() => server.Output.Contains(Code, StringComparison.Ordinal) || server.HasExited, Patience, () => $"{Name}: {Code} did not come. Server:\n{server.Output}");
        return server.Output;
    }

    /// <summary>What is wrong with what the server said; null for nothing.</summary>
    public string? Complaint(string output)
    {
        string[] codes = CodesIn(output, Code);
        return codes.Contains(Code) && codes.All(code => code == Code || code == Besides) && output.Contains(Seen, StringComparison.Ordinal)
            ? null
            : $"{Name}: expected {Code} {Besides} with '{Seen}' and no other, got {string.Join(", ", codes)}. Server:\n{output}";
    }

    /// <summary>The codes that a server told. That its disk is nearly full counts only where it is <paramref name="wanted"/>: it may be so of the machine.</summary>
    public static string[] CodesIn(string output, string? wanted = null) =>
        [.. FaultCodes().Matches(output).Select(static m => m.Value).Where(code => code != DiskFull || code == wanted).Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(@"\bBR[1-6][0-9]{2}\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FaultCodes();
}
