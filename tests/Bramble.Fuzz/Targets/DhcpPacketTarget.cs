using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>The DHCP codec against a second reader, and the recognition of boards.</summary>
internal sealed class DhcpPacketTarget : IFuzzTarget
{
    private readonly byte[] _scratch = new byte[16384];

    public string Name => "dhcp-packet";

    public Mutator Mutator => DhcpMutations.Mutate;

    public IEnumerable<byte[]> Seeds => DhcpMessages.Real;

    public void Run(ReadOnlySpan<byte> input)
    {
        if (!DhcpPacket.TryParse(input, out DhcpPacket packet, out DhcpDropReason reason))
        {
            Require(reason != DhcpDropReason.None, "a packet is dropped without a reason");
            Coverage.Outcome((int)reason);
            return;
        }

        var plain = new DhcpReader(input.ToArray());
        Require(plain.IsWhole, "a packet with a broken option is taken");
        Require((byte)packet.MessageType == plain.Option(53)?[0], "the message type is another");
        Require(packet.Ciaddr.Value == plain.Address(12) && packet.Giaddr.Value == plain.Address(24), "an address of the header is another");
        for (int code = 1; code < 255; code++)
        {
            byte[]? expected = plain.Option((byte)code);
            bool found = packet.TryGetOption((byte)code, _scratch, out ReadOnlySpan<byte> value);
            Require(found == expected is not null && value.SequenceEqual(expected), $"option differs: {code}");
            Require(packet.HasOption((byte)code) == found, $"option is there and not there: {code}");
            byte one = 0;
            Require(packet.TryGetByte((byte)code, ref one) == (expected?.Length == 1), $"an option of one octet: {code}");
            Require(packet.TryGetAddress((byte)code, out _) == (expected?.Length == 4), $"an option of one address: {code}");
        }

        BoardIdentity board = BoardRecogniser.Recognise(packet);
        ClientStage stage = BoardRecogniser.StageOf(packet, board);
        Require(board.Mac == packet.Chaddr, "a board has another address than its packet");
        Require(board.IsPi || board is { Serial: null, RevisionCode: null, Model: PiModel.Unknown }, "a machine that is no Pi has a Pi's number");
        Require(board.IsPi || stage != ClientStage.Firmware, "a machine that is no Pi runs a Pi's firmware");
        Coverage.Outcome(1000 + ((int)board.Family * 10) + (int)stage);
    }
}
