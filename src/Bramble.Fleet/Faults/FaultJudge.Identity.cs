using System.Globalization;
using Bramble.Fleet.Identity;

namespace Bramble.Fleet.Faults;

/// <content>Boards that use a name of another one.</content>
internal static partial class FaultJudge
{
    private static Fault BoardChanged(FaultContext c, IReadOnlyList<IdentityClaim> claims)
    {
        IdentityClaim claim = claims[^1];
        string whose = c.Client is { } client ? $"client {client.Name}" : $"the approved board {claim.Bound}";
        string what = claim.Outcome == IdentityOutcome.SerialFromOtherMac
            ? $"A board with the MAC address {claim.Board.Mac} says that it is {claim.Board.Serial}, the board of {whose}. That one has the MAC address {claim.Bound.Mac}."
            : $"A board with the MAC address {claim.Board.Mac}, which is that of {whose}, says that it is {claim.Board.Serial}. That one is {claim.Bound.Serial}.";
        string others = claims.Count == 1 ? "" : $" {Count(claims.Count, "board")} ask like this.";
        bool runs = c.Silence is { } silence && silence < ApprovalRule.RunsWithin;
        string heard = runs ? string.Create(CultureInfo.InvariantCulture, $" The client runs on its own board: it was heard {c.Silence!.Value.TotalSeconds:0} s ago.") : "";
        string name = c.Client?.Name ?? claim.Bound.Serial?.ToString() ?? claim.Bound.Mac.ToString();
        return Fault.Of(
            FaultCode.BoardChanged,
            $"{what} It asked {Times(claim.Times)}, last at {Clock(claim.Last)}, and was given nothing.{others}{heard}",
            runs
                ? "A stranger uses its name, or a second board was given the same MAC address."
                : "Is this a replaced board, or a stranger? A new MAC address may come from the setting MAC_ADDRESS in the board's EEPROM.",
            runs
                ? $"Look for the machine with the MAC address {claim.Board.Mac} in the table of the switch. If it is to take the place of the board that runs, switch that one off first."
                : $"If you replaced or changed it: bramble client approve {(claims.Count == 1 ? name : claim.Board.Mac)}. If not, look for it in the table of the switch.",
            claims[0].First);
    }

    private static string Times(int times) => times == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{times} times");
}
