using Bramble.Dhcp.Boards;

namespace Bramble.Dhcp.Policy;

/// <summary>Decides which boards boot. Called on the DHCP loop: must return at once and never block.</summary>
public interface IBootPolicy
{
    /// <summary>Decides for one message of a board.</summary>
    /// <param name="board">Who asks.</param>
    /// <param name="stage">Which of its programs asks.</param>
    BootDecision Decide(in BoardIdentity board, ClientStage stage);
}
