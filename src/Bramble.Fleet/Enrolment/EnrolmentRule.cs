using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;

namespace Bramble.Fleet.Enrolment;

/// <summary>Who becomes a client.</summary>
internal static class EnrolmentRule
{
    /// <summary>Decides for one message.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="windowOpen">The enrolment window is open.</param>
    /// <param name="board">Who asks.</param>
    /// <param name="stage">Which of its programs asks.</param>
    /// <param name="hasClient">It has a client.</param>
    /// <param name="approved">A person approved it.</param>
    /// <param name="roomLeft">Fewer clients than the limit have enrolled themselves.</param>
    public static EnrolmentVerdict Decide(
        EnrolmentPolicy policy, bool windowOpen, in BoardIdentity board, ClientStage stage, bool hasClient, bool approved, bool roomLeft)
    {
        if (hasClient)
        {
            return EnrolmentVerdict.Boot;
        }

        if (stage != ClientStage.Firmware || !board.IsPi)
        {
            return EnrolmentVerdict.None;
        }

        bool welcome = approved || policy == EnrolmentPolicy.Open || (policy == EnrolmentPolicy.Button && windowOpen);
        if (!welcome)
        {
            return EnrolmentVerdict.Remember;
        }

        if (!roomLeft)
        {
            return EnrolmentVerdict.Full;
        }

        // A Pi 3's boot ROM sends a constant instead of its serial; its bootcode.bin says it seconds later.
        return board.Serial is null && board.Family == PiFamily.Pi3 ? EnrolmentVerdict.AwaitSerial : EnrolmentVerdict.Enrol;
    }

    /// <summary>Name of a client that enrolled itself: <c>pi-</c> and the serial, or the MAC's digits where a board never says its serial.</summary>
    public static string NameFor(in BoardIdentity board) =>
        board.Serial is { } serial ? $"pi-{serial}" : $"pi-{board.Mac.ToString().Replace(":", "", StringComparison.Ordinal)}";
}
